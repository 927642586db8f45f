"""Other CRMs: what their exports call the columns of people.

Each row: target, then every header that means it. The first header of a row of Dynamics is
the one that is written.
"""

from typing import Final

_DYNAMICS_ADDRESSES: Final = tuple(
    (f"addresses.{kind}.{part}", f"Address {number}: {shown}", f"address{number}_{logical}")
    for number, kind in ((1, "work"), (2, "home"), (3, "other"))
    for part, shown, logical in (
        ("street", "Street 1", "line1"), ("street2", "Street 2", "line2"),
        ("street3", "Street 3", "line3"), ("city", "City", "city"),
        ("region", "State/Province", "stateorprovince"),
        ("postal_code", "ZIP/Postal Code", "postalcode"), ("country", "Country/Region", "country"),
        ("po_box", "Post Office Box", "postofficebox"),
    )
)  # fmt: skip
DYNAMICS: Final = (
    ("id", "(Do Not Modify) Contact", "contactid", "Contact"),
    ("prefix", "Salutation", "salutation"),
    ("given", "First Name", "firstname"),
    ("middle", "Middle Name", "middlename"),
    ("surname", "Last Name", "lastname"),
    ("suffix", "Suffix", "suffix"),
    ("full_name", "Full Name", "fullname"),
    ("nickname", "Nickname", "nickname"),
    ("phonetic_given", "Yomi First Name", "yomifirstname"),
    ("phonetic_middle", "Yomi Middle Name", "yomimiddlename"),
    ("phonetic_surname", "Yomi Last Name", "yomilastname"),
    ("account", "Company Name", "parentcustomerid", "_parentcustomerid_value", "Account Name"),
    ("department", "Department", "department"),
    ("job_title", "Job Title", "jobtitle"),
    ("manager", "Manager", "managername"),
    ("assistant", "Assistant", "assistantname"),
    ("employee_id", "Employee", "employeeid"),
    ("customer_id", "External User Identifier", "externaluseridentifier"),
    ("government_id", "Government", "governmentid"),
    ("emails.1", "Email", "emailaddress1", "E-mail"),
    ("emails.2", "Email Address 2", "emailaddress2"),
    ("emails.3", "Email Address 3", "emailaddress3"),
    ("phones.work", "Business Phone", "telephone1"),
    ("phones.work", "Business Phone 2", "business2"),
    ("phones.home", "Home Phone", "telephone2"),
    ("phones.home", "Home Phone 2", "home2"),
    ("phones.mobile", "Mobile Phone", "mobilephone"),
    ("phones.other", "Telephone 3", "telephone3"),
    ("phones.main", "Company Phone", "company"),
    ("phones.assistant", "Assistant Phone", "assistantphone"),
    ("phones.manager", "Manager Phone", "managerphone"),
    ("phones.callback", "Callback Number", "callback"),
    ("phones.work fax", "Fax", "fax"),
    ("phones.pager", "Pager", "pager"),
    *_DYNAMICS_ADDRESSES,
    ("web_pages.work", "Website", "websiteurl"),
    ("web_pages.ftp", "FTP Site", "ftpsiteurl"),
    ("birthday", "Birthday", "birthdate"),
    ("anniversary", "Anniversary", "anniversary"),
    ("gender", "Gender", "gendercode"),
    ("spouse", "Spouse/Partner Name", "spousesname"),
    ("children", "Children's Names", "childrensnames"),
    ("note", "Description", "description"),
    ("owner", "Owner", "ownerid", "_ownerid_value"),
    ("active.statecode", "Status", "statecode"),
    ("skip", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Status Reason",
     "statuscode", "entityimage", "address1_composite", "address2_composite",
     "address3_composite", "Address 1", "Address 2", "Address 3"),
)  # fmt: skip
DYNAMICS_MARKS: Final = (
    "(Do Not Modify) Contact", "(Do Not Modify) Row Checksum", "contactid", "emailaddress1",
    "telephone1", "address1_city", "Address 1: City", "Address 1: Street 1", "Business Phone",
    "Company Phone", "parentcustomerid",
)  # fmt: skip


def _sales(kind: str, shown: str, logical: str) -> tuple[tuple[str, ...], ...]:
    parts = (
        ("street", "Street", "Street"), ("city", "City", "City"),
        ("region", "State/Province", "State"), ("region", "State", "State"),
        ("postal_code", "Zip/Postal Code", "PostalCode"), ("postal_code", "Zip", "PostalCode"),
        ("country", "Country", "Country"),
    )  # fmt: skip
    return tuple(
        (f"addresses.{kind}.{part}", f"{shown} {words}", f"{logical}{name}")
        for part, words, name in parts
    )


SALESFORCE: Final = (
    ("id", "Contact ID", "Id", "ContactId", "18 Digit Contact ID"),
    ("prefix", "Salutation"),
    ("given", "First Name", "FirstName"),
    ("middle", "Middle Name", "MiddleName"),
    ("surname", "Last Name", "LastName"),
    ("suffix", "Suffix"),
    ("full_name", "Full Name", "Name", "Contact Name"),
    ("account", "Account Name", "Account.Name"),
    ("job_title", "Title"),
    ("department", "Department"),
    ("emails.1", "Email"),
    ("phones.work", "Phone", "Business Phone"),
    ("phones.mobile", "Mobile", "MobilePhone", "Mobile Phone"),
    ("phones.home", "Home Phone", "HomePhone"),
    ("phones.other", "Other Phone", "OtherPhone"),
    ("phones.work fax", "Fax", "Business Fax"),
    ("phones.assistant", "Asst. Phone", "AssistantPhone"),
    ("assistant", "Assistant", "AssistantName", "Assistant Name"),
    ("manager", "Reports To", "ReportsTo.Name"),
    *_sales("work", "Mailing", "Mailing"),
    *_sales("other", "Other", "Other"),
    ("birthday", "Birthdate"),
    ("language", "Languages__c"),
    ("note", "Description", "Contact Description"),
    ("owner", "Contact Owner", "Owner.Name", "Owner Full Name"),
    ("skip", "AccountId", "OwnerId", "ReportsToId", "MasterRecordId", "IsDeleted", "SystemModstamp",
     "PhotoUrl", "CreatedById", "LastModifiedById", "Account ID"),
)  # fmt: skip
SALESFORCE_MARKS: Final = (
    "Contact ID", "MailingStreet", "MailingCity", "Mailing Street", "Mailing City",
    "Mailing State/Province", "Account Name", "AccountId", "Contact Owner", "Account.Name",
    "Asst. Phone", "FirstName",
)  # fmt: skip
HUBSPOT: Final = (
    ("id", "Record ID - Contact", "Record ID", "Contact ID", "hs_object_id"),
    ("prefix", "Salutation", "salutation"),
    ("given", "First Name", "firstname"),
    ("surname", "Last Name", "lastname"),
    ("job_title", "Job Title", "jobtitle"),
    ("account", "Associated Company", "Primary Associated Company", "Company Name", "company"),
    ("company", "Company"),
    ("emails.1", "Email", "email"),
    ("emails.2", "Additional email addresses", "Work email", "work_email"),
    ("phones.work", "Phone Number", "phone"),
    ("phones.mobile", "Mobile Phone Number", "mobilephone"),
    ("phones.work fax", "Fax Number", "fax"),
    ("addresses.work.street", "Street Address", "address"),
    ("addresses.work.city", "City", "city"),
    ("addresses.work.region", "State/Region", "state"),
    ("addresses.work.postal_code", "Postal Code", "zip"),
    ("addresses.work.country", "Country/Region", "Country", "country"),
    ("web_pages.work", "Website URL", "website"),
    ("birthday", "Date of birth", "date_of_birth"),
    ("gender", "Gender", "gender"),
    ("language", "Preferred language", "hs_language"),
    ("note", "Message", "message"),
    ("owner", "Contact owner", "hubspot_owner_id"),
    ("skip", "Associated Company IDs", "Associated Note", "Associated Note IDs",
     "Record ID - Company", "Number of Pageviews", "Marketing contact status",
     "Primary Associated Company ID"),
)  # fmt: skip
HUBSPOT_MARKS: Final = (
    "Record ID - Contact", "Record ID", "Contact owner", "Associated Company",
    "Associated Company IDs", "Mobile Phone Number", "hs_object_id", "hubspot_owner_id",
    "Primary Associated Company",
)  # fmt: skip
ZOHO: Final = (
    ("id", "Record Id", "Contact Id", "CONTACTID"),
    ("prefix", "Salutation"),
    ("given", "First Name"),
    ("surname", "Last Name"),
    ("full_name", "Contact Name", "Full Name"),
    ("account", "Account Name", "Company Name"),
    ("job_title", "Title"),
    ("department", "Department"),
    ("emails.1", "Email"),
    ("emails.2", "Secondary Email"),
    ("phones.work", "Phone"),
    ("phones.mobile", "Mobile"),
    ("phones.home", "Home Phone"),
    ("phones.other", "Other Phone"),
    ("phones.work fax", "Fax"),
    ("phones.assistant", "Asst Phone"),
    ("assistant", "Assistant"),
    ("manager", "Reporting To"),
    ("messengers.other.skype", "Skype ID"),
    *_sales("work", "Mailing", "Mailing "),
    *_sales("other", "Other", "Other "),
    ("birthday", "Date of Birth"),
    ("categories", "Tag"),
    ("note", "Description"),
    ("owner", "Contact Owner"),
    ("skip", "Contact Owner.id", "Account Name.id", "Vendor Name.id", "Created By.id",
     "Modified By.id", "Reporting To.id", "Company Name.id", "Record Image"),
)  # fmt: skip
ZOHO_MARKS: Final = (
    "Record Id", "Contact Owner.id", "Account Name.id", "Email Opt Out", "Secondary Email",
    "Asst Phone", "CONTACTID", "Company Name.id", "Reporting To.id",
)  # fmt: skip
_PERSON: Final = (
    ("id", "ID"),
    ("full_name", "Name"),
    ("given", "First name"),
    ("surname", "Last name"),
    ("account", "Organization"),
    ("job_title", "Title", "Job title"),
    ("emails.work", "Email - Work", "Email"),
    ("emails.home", "Email - Home"),
    ("emails.other", "Email - Other"),
    ("phones.work", "Phone - Work", "Phone"),
    ("phones.home", "Phone - Home"),
    ("phones.mobile", "Phone - Mobile"),
    ("phones.other", "Phone - Other"),
    ("messengers.other", "Instant messenger - Other", "Instant messenger"),
    ("messengers.work", "Instant messenger - Work"),
    ("messengers.home", "Instant messenger - Home"),
    ("birthday", "Birthday"),
    ("categories", "Label", "Labels"),
    ("note", "Notes"),
    ("owner", "Owner"),
    ("addresses.work.formatted", "Postal address"),
    ("skip", "Profile picture", "Visible to", "Update time"),
)
PIPEDRIVE: Final = tuple(
    (target, *(f"Person - {name}" for name in names)) for target, *names in _PERSON
)
