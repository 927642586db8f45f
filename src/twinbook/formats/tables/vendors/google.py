"""Google Contacts: the header since 2024, and the one before it. Columns are numbered."""

from typing import Final

#: (target, header since 2024, header before)
PLAIN: Final = (
    ("given", "First Name", "Given Name"),
    ("middle", "Middle Name", "Additional Name"),
    ("surname", "Last Name", "Family Name"),
    ("phonetic_given", "Phonetic First Name", "Given Name Yomi"),
    ("phonetic_middle", "Phonetic Middle Name", "Additional Name Yomi"),
    ("phonetic_surname", "Phonetic Last Name", "Family Name Yomi"),
    ("prefix", "Name Prefix"),
    ("suffix", "Name Suffix"),
    ("nickname", "Nickname"),
    ("file_as", "File As"),
    ("company", "Organization Name", "Organization 1 - Name"),
    ("job_title", "Organization Title", "Organization 1 - Title"),
    ("department", "Organization Department", "Organization 1 - Department"),
    ("birthday", "Birthday"),
    ("note", "Notes"),
    ("categories", "Labels", "Group Membership"),
)
#: What only the header before 2024 had.
BEFORE: Final = (
    ("full_name", "Name"),
    ("initials", "Initials"),
    ("gender", "Gender"),
    ("profession", "Occupation"),
    ("hobbies", "Hobby"),
    ("language", "Language"),
    ("phonetic_company", "Organization 1 - Yomi Name"),
    ("office", "Organization 1 - Location"),
)
#: Numbered columns: "E-mail 1 - Value". {} is the number.
NUMBERED: Final = (
    ("emails.{}.label", "E-mail {} - Label", "E-mail {} - Type"),
    ("emails.{}", "E-mail {} - Value"),
    ("phones.{}.label", "Phone {} - Label", "Phone {} - Type"),
    ("phones.{}", "Phone {} - Value"),
    ("addresses.{}.label", "Address {} - Label", "Address {} - Type"),
    ("addresses.{}.formatted", "Address {} - Formatted"),
    ("addresses.{}.street", "Address {} - Street"),
    ("addresses.{}.city", "Address {} - City"),
    ("addresses.{}.po_box", "Address {} - PO Box"),
    ("addresses.{}.region", "Address {} - Region"),
    ("addresses.{}.postal_code", "Address {} - Postal Code"),
    ("addresses.{}.country", "Address {} - Country"),
    ("addresses.{}.extended", "Address {} - Extended Address"),
    ("web_pages.{}.label", "Website {} - Label", "Website {} - Type"),
    ("web_pages.{}", "Website {} - Value"),
    ("messengers.{}.label", "IM {} - Label", "IM {} - Type"),
    ("messengers.{}.service", "IM {} - Service"),
    ("messengers.{}", "IM {} - Value"),
    ("events.{}.label", "Event {} - Label", "Event {} - Type"),
    ("events.{}", "Event {} - Value"),
    ("relations.{}.label", "Relation {} - Label", "Relation {} - Type"),
    ("relations.{}", "Relation {} - Value"),
)
#: How many of each are written: (part of the target, number).
WRITTEN: Final = (
    ("emails", 10), ("phones", 20), ("addresses", 5), ("web_pages", 5), ("messengers", 5),
    ("events", 1), ("relations", 12),
)  # fmt: skip
SKIPPED: Final = (
    "Photo", "Yomi Name", "Location", "Billing Information", "Directory Server", "Mileage",
    "Sensitivity", "Priority", "Subject", "Organization 1 - Type", "Organization 1 - Symbol",
    "Organization 1 - Job Description",
)  # fmt: skip
SYSTEM_GROUPS: Final = frozenset({"mycontacts", "my contacts", "starred", "other contacts"})
