"""The words that say which kind of number, mailbox or address it is, in both directions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from twinbook.formats.tables.targets import KINDS

_PREFERRED: Final = "* "
_MORE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "business": "work", "office": "work", "homepage": "home", "home page": "home",
        "personal": "home", "cell": "mobile", "workmobile": "mobile", "work mobile": "mobile",
        "fax": "other fax", "workfax": "work fax", "homefax": "home fax", "work pager": "pager",
    }
)  # fmt: skip

_KINDS: Final[Mapping[tuple[str, str], Any]] = MappingProxyType(
    {(field, str(one.value)): one for field, kinds in KINDS.items() for one in kinds}
)


def kind_of(field: str, label: str) -> tuple[Any, str, bool]:
    """The kind that a label says, the label where it is no kind, and whether it is preferred.

    >>> kind_of("phones", "* Work Fax")
    (<PhoneKind.WORK_FAX: 'work fax'>, '', True)
    >>> kind_of("emails", "Boat")
    (<Kind.OTHER: 'other'>, 'Boat', False)
    """
    is_preferred = label.startswith("*")
    said = label.removeprefix("*").strip()
    word = said.casefold()
    found = _KINDS.get((field, word)) or _KINDS.get((field, _MORE.get(word, "")))
    other = _KINDS[field, "other"]
    if found is not None or not said:
        return found or other, "", is_preferred
    return other, said, is_preferred


def label_of(element: Any) -> str:  # noqa: ANN401 - an element of any field
    """The label from which `kind_of` reads the element's kind.

    >>> from twinbook.model.contact import Phone, PhoneKind
    >>> label_of(Phone("1", PhoneKind.WORK_FAX, preferred=True))
    '* Work Fax'
    """
    said = element.label or str(element.kind.value).title()
    return (_PREFERRED if element.preferred else "") + said


RELATIONS: Final = ("spouse", "manager", "assistant")
_PARTNER: Final = frozenset({"spouse", "partner", "domestic partner"})


def relation_of(label: str) -> str:
    """The field of a contact that a related person stands in, "" if none has this relation."""
    word = label.removeprefix("*").strip().casefold()
    if word in _PARTNER:
        return "spouse"
    if word in ("child", "children", "son", "daughter"):
        return "children"
    return word if word in RELATIONS else ""
