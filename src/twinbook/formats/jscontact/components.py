"""Names and addresses are lists of components; what belongs to one field is one text.

Source: RFC 9553, sections 2.2.1.2 and 2.5.1.2, and 1.5.4 for how a component sounds.
"""

from collections.abc import Collection, Mapping

from twinbook.formats.jscontact.tree import Node

#: What stands between two components of one field, where the card does not say it.
JOINERS: Mapping[str, str] = {"suffix": ", "}


def components(
    node: Node, what: str, fields: Mapping[str, str], sounding: Collection[str] = ()
) -> dict[str, str]:
    """What the components say of each field; those of no field stay. Raises Wrong.

    `what` is the type of a component, and `fields` names the field of each kind. How a
    component of the fields `sounding` sounds is found under `phonetic_` and the field's name.
    """
    pieces: dict[str, list[str]] = {}
    usual = node.text("defaultSeparator")
    node.held.pop("isOrdered", None)
    before, between = "", ""
    for one in node.list("components"):
        kind = one.is_a(what).says("kind")
        field = fields.get(kind)
        if field or kind == "separator":
            one.text("kind")
        if kind == "separator":
            between = one.text("value")
        elif field is not None:
            joiner = (between if field == before else "") or usual or JOINERS.get(field, " ")
            _add(pieces, field, one.text("value"), joiner)
            if field in sounding:
                _add(pieces, f"phonetic_{field}", one.text("phonetic"), " ")
            before, between = field, ""
    return {field: "".join(said) for field, said in pieces.items()}


def _add(pieces: dict[str, list[str]], field: str, text: str, joiner: str) -> None:
    if text.strip():
        said = pieces.setdefault(field, [])
        said += [joiner, text] if said else [text]
