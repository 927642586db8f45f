"""Fields of one value, and words: how each stands in a card of JSContact.

Every reader takes out of the card what it understands, and gives it by field; every writer
gives the properties that say some fields of a contact.
"""

import re
from typing import Any, Final

from twinbook.formats.jscontact.components import components
from twinbook.formats.jscontact.tree import Node
from twinbook.formats.vcard.days import read_day, valid
from twinbook.formats.vcard.names import spelled
from twinbook.formats.vcard.text import clean
from twinbook.model.contact import Contact, Day

Values = dict[str, Any]

#: The field of each kind of component; the first of a field is written.
NAME_PARTS: Final = {
    "title": "prefix",
    "given": "given",
    "given2": "middle",
    "surname": "surname",
    "surname2": "surname",
    "credential": "suffix",
    "generation": "suffix",
}
_WRITTEN: Final = {
    "prefix": "title",
    "given": "given",
    "middle": "given2",
    "surname": "surname",
    "suffix": "credential",
}
SOUNDING: Final = ("given", "middle", "surname")
#: ISO 15924 for a script that nobody told: a card must say one where it tells a sound.
UNKNOWN_SCRIPT: Final = "Zyyy"
_SORTED_BY: Final = ("surname", "given", "given2", "title", "credential")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z")
_UTC: Final = re.compile(r"\d{4}-\d{2}-\d{2}T")


# ---------------------------------------------------------------- name (2.2.1)


def read_name(card: Node) -> Values:
    """The parts of the name, how they sound, the full name and the sort key."""
    node = card.object("name").is_a("Name")
    found: Values = dict(components(node, "NameComponent", NAME_PARTS, SOUNDING))
    if node.says("phoneticScript") == UNKNOWN_SCRIPT:
        node.text("phoneticScript")
    full = node.text("full")
    keys = node.object("sortAs")
    sorted_as = [key for name in [*keys.held] if (key := keys.text(name).strip())]
    return found | {"display_name": full, "file_as": ", ".join(sorted_as)}


def write_name(person: Contact) -> Values:
    """The name in the order in which it is said, and in full."""
    parts: list[Values] = []
    for field, kind in _WRITTEN.items():
        if value := getattr(person, field):
            sound = getattr(person, f"phonetic_{field}") if field in SOUNDING else ""
            parts.append({"kind": kind, "value": value} | ({"phonetic": sound} if sound else {}))
    name: Values = {}
    if parts:
        name["components"] = parts
        if any("phonetic" in part for part in parts):
            name["phoneticScript"] = UNKNOWN_SCRIPT
        if not person.display_name:
            name["isOrdered"] = True
    if full := person.display_name or spelled(person):
        name["full"] = full
    if person.file_as and parts:
        held = {part["kind"] for part in parts}
        name["sortAs"] = {next(kind for kind in _SORTED_BY if kind in held): person.file_as}
    return {"name": name} if name else {}


def read_nicknames(card: Node) -> Values:
    """All nicknames as one text."""
    said = [node.is_a("Nickname").text("name") for _, node in card.items("nicknames")]
    return {"nickname": ", ".join(one for one in said if one.strip())}


def write_nicknames(person: Contact) -> Values:
    """The nickname as the only one."""
    return {"nicknames": {"n1": {"name": person.nickname}}} if person.nickname else {}


# ---------------------------------------------------------------- work (2.2.3, 2.2.5)


def read_organizations(card: Node) -> Values:
    """Name and units of the first organization that says something; others stay."""
    for _, node in card.items("organizations"):
        company = node.is_a("Organization").text("name")
        units = [one.is_a("OrgUnit").text("name") for one in node.list("units")]
        department = ", ".join(unit for unit in units if unit.strip())
        if company.strip() or department:
            return {"company": company, "department": department}
    return {}


def write_organizations(person: Contact) -> Values:
    """The company with its department, if either is known."""
    name = {"name": person.company} if person.company else {}
    units = {"units": [{"name": person.department}]} if person.department else {}
    return {"organizations": {"o1": name | units}} if name or units else {}


_TITLES: Final = {"title": "job_title", "role": "profession"}


def read_titles(card: Node) -> Values:
    """The first title and the first role; others stay."""
    found: Values = {}
    for _, node in card.items("titles"):
        field = _TITLES.get(node.says("kind") or "title", "")
        name = node.is_a("Title").says("name")
        if field and field not in found and name.strip():
            found[field] = name
            for known in ("kind", "name", "organizationId"):
                node.text(known)
    return found


def write_titles(person: Contact) -> Values:
    """The job title as a title and the profession as a role."""
    titles: Values = {}
    if person.job_title:
        place = {"organizationId": "o1"} if write_organizations(person) else {}
        titles["t1"] = {"kind": "title", "name": person.job_title} | place
    if person.profession:
        titles["t2"] = {"kind": "role", "name": person.profession}
    return {"titles": titles} if titles else {}


# ---------------------------------------------------------------- relations (2.1.8)


def is_name(text: str) -> bool:
    """Whether a related person is told by name, and not by an address or the id of a card."""
    return not _URI.match(text) and not _UUID.match(text)


def read_relations(card: Node) -> Values:
    """The first spouse and all children that are told by name; references stay."""
    spouse, children = "", []
    for key, node in card.items("relatedTo"):
        name = clean(key)
        if name and is_name(name):
            said = node.is_a("Relation").words("relation")
            if "child" in said:
                children.append(name)
            if "spouse" in said and not spouse:
                spouse = name
            node.spend("relation", [*{"child"} & {*said}, *(["spouse"] if spouse == name else [])])
    return {"spouse": spouse, "children": tuple(children)}


def write_relations(person: Contact) -> Values:
    """Spouse and children by their names, as RFC 9555, section 2.9.5 puts related text."""
    related: dict[str, dict[str, bool]] = {}
    if person.spouse and is_name(person.spouse):
        related[person.spouse] = {"spouse": True}
    for child in person.children:
        if is_name(child):
            related.setdefault(child, {})["child"] = True
    if not related:
        return {}
    return {"relatedTo": {name: {"relation": said} for name, said in related.items()}}


# ---------------------------------------------------------------- days (2.8.1)

_DAYS: Final = {"birth": "birthday", "wedding": "anniversary"}


def read_days(card: Node) -> Values:
    """The first birth and the first wedding whose date is a whole day; others stay."""
    found: Values = {}
    for _, node in card.items("anniversaries"):
        field = _DAYS.get(node.is_a("Anniversary").says("kind"), "")
        day = _day(node.object("date")) if field and field not in found else None
        if day is not None:
            found[field] = day
            node.text("kind")
            node.held.pop("date")
    return found


def _day(date: Node) -> Day | None:
    """The day of a date, None if it is no whole one; all of it stays."""
    told = Node(dict(date.held), date.path)
    if told.says("@type") == "Timestamp":
        utc = told.text("utc")
        return read_day(utc) if _UTC.match(utc) else None
    calendar = told.is_a("PartialDate").text("calendarScale") or "gregorian"
    year = told.number("year", 0, 9999)
    month, day = told.number("month", 1, 12), told.number("day", 1, 31)
    if month is None or day is None or calendar != "gregorian":
        return None
    return valid(Day(month, day, year))


def write_days(person: Contact) -> Values:
    """Birthday and anniversary as partial dates: a year that nobody told is left out."""
    days: Values = {}
    for kind, field in _DAYS.items():
        day: Day | None = getattr(person, field)
        if day is not None:
            year = {} if day.year is None else {"year": day.year}
            date = {"@type": "PartialDate", **year, "month": day.month, "day": day.day}
            days[f"a{len(days) + 1}"] = {"kind": kind, "date": date}
    return {"anniversaries": days} if days else {}


# ---------------------------------------------------------------- words and texts


def read_hobbies(card: Node) -> Values:
    """The hobbies among what is told of a person; expertise and interests stay."""
    found = []
    for _, node in card.items("personalInfo"):
        if node.is_a("PersonalInfo").says("kind") == "hobby":
            node.text("kind")
            found.append(node.text("value"))
    return {"hobbies": tuple(found)}


def write_hobbies(person: Contact) -> Values:
    """An entry for each hobby."""
    entries = {
        f"p{number}": {"kind": "hobby", "value": one}
        for number, one in enumerate(person.hobbies, 1)
    }
    return {"personalInfo": entries} if entries else {}


def read_keywords(card: Node) -> Values:
    """The keywords as categories."""
    found = card.words("keywords")
    card.spend("keywords", found)
    return {"categories": found}


def write_keywords(person: Contact) -> Values:
    """The categories as keywords."""
    return {"keywords": dict.fromkeys(person.categories, True)} if person.categories else {}


def read_notes(card: Node) -> Values:
    """The first note that says something; others stay."""
    for _, node in card.items("notes"):
        if (note := node.is_a("Note").text("note")).strip():
            return {"note": note}
    return {}


def write_notes(person: Contact) -> Values:
    """The note as the only one."""
    return {"notes": {"n1": {"note": person.note}}} if person.note else {}


def is_language(text: str) -> bool:
    """Whether a language is told by a tag, such as "de-CH" (RFC 5646)."""
    return bool(_LANGUAGE.match(text))


def read_languages(card: Node) -> Values:
    """The language a person prefers, the first one of several; others stay."""
    ranked = sorted(card.items("preferredLanguages"), key=lambda one: one[1].held.get("pref") != 1)
    for _, node in ranked:
        if language := node.is_a("LanguagePref").text("language").strip():
            return {"language": language}
    return {}


def write_languages(person: Contact) -> Values:
    """The language as the preferred one, if it is told by a tag."""
    if not is_language(person.language):
        return {}
    return {"preferredLanguages": {"l1": {"language": person.language}}}
