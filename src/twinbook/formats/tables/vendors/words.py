"""Words in headers that nobody in particular wrote, in the languages of Europe that we know."""

from typing import Final


def word_list(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


MOST: Final = 12  #: words of a header that are looked at
SHORT: Final = 3  #: a word so short must stand alone; a longer one may begin another
FAX: Final = ("fax", "telefax", "télécopie", "telecopie")

#: (target, headers that mean it)
EXACT: Final = (
    ("full_name", ("name", "full name", "contact", "contact name", "contact person", "person",
                   "display name", "ansprechpartner", "ansprechpartnerin", "kontakt",
                   "kontaktperson", "vollständiger name", "anzeigename", "nom complet",
                   "nom affiché", "nombre completo", "nome completo", "nome e cognome",
                   "volledige naam", "naam", "contactpersoon", "weergavenaam", "imię i nazwisko")),
    ("prefix", ("title", "salutation", "prefix", "anrede", "titel", "civilité", "tratamiento",
                "aanhef")),
    ("given", ("first", "first name", "firstname", "given name", "forename", "vorname", "prénom",
               "prenom", "nombre", "nome", "voornaam", "imię", "имя")),
    ("middle", ("middle name", "second name", "zweiter vorname", "tussenvoegsel")),
    ("surname", ("last", "last name", "lastname", "surname", "family name", "nachname",
                 "familienname", "nom", "nom de famille", "apellido", "apellidos", "cognome",
                 "achternaam", "nazwisko", "фамилия")),
    ("account", ("company", "account", "account name", "organisation", "organization", "firma",
                 "unternehmen", "kunde", "société", "entreprise", "empresa", "azienda", "società",
                 "bedrijf", "bedrijfsnaam", "customer", "client", "компания")),
    ("job_title", ("job title", "position", "role", "function", "funktion", "berufsbezeichnung",
                   "fonction", "poste", "cargo", "puesto", "posizione", "ruolo", "functie")),
    ("emails.other", ("email", "e-mail", "mail", "email address", "e-mail-adresse", "courriel",
                      "correo", "correo electrónico", "indirizzo email", "e-mailadres")),
    ("owner", ("owner", "contact owner", "account manager", "besitzer", "inhaber",
               "verantwortlich", "propriétaire", "propietario", "proprietario", "eigenaar")),
    ("active", ("active", "aktiv", "actif", "activo", "attivo", "actief")),
    ("id", ("id", "contact id", "contactid", "kontakt-id", "record id")),
)  # fmt: skip
#: Words that say where a number or an address belongs.
KINDS: Final = {
    **dict.fromkeys(
        ("work", "business", "office", "company", "direct", "geschäftlich", "geschaeftlich",
         "dienstlich", "arbeit", "firma", "büro", "bureau", "professionnel", "professionnelle",
         "pro", "trabajo", "oficina", "empresa", "lavoro", "ufficio", "uff", "azienda", "werk",
         "zakelijk", "kantoor", "mailing"), "work"),
    **dict.fromkeys(
        ("home", "private", "personal", "privat", "privé", "prive", "personnel", "personnelle",
         "domicile", "casa", "particular", "abitazione", "ab", "privato", "thuis", "huis"), "home"),
    **dict.fromkeys(("other", "andere", "weitere", "autre", "otro", "otra", "altro", "altra"),
                    "other"),
    **dict.fromkeys(
        ("mobile", "mobil", "cell", "cellphone", "handy", "portable", "móvil", "movil", "celular",
         "cellulare", "mobiel", "mobiele", "gsm", "mobiltelefon", "mobilnummer"), "mobile"),
    **dict.fromkeys(("pager",), "pager"),
    **dict.fromkeys(("car",), "car"),
    **dict.fromkeys(("main", "switchboard", "zentrale", "standard", "centralita", "centralino",
                     "hoofdnummer"), "main"),
}  # fmt: skip
#: (word that a word of the header begins with, field); the first that fits is it.
NOUNS: Final = (
    ("birth", "birthday"), ("geburt", "birthday"), ("naissance", "birthday"),
    ("nacimiento", "birthday"), ("nascita", "birthday"), ("compleanno", "birthday"),
    ("cumpleaños", "birthday"), ("geboorte", "birthday"), ("verjaardag", "birthday"),
    ("dob", "birthday"),
    ("email", "emails"), ("mail", "emails"), ("courriel", "emails"), ("correo", "emails"),
    ("messagerie", "emails"),
    ("website", "web_pages"), ("web", "web_pages"), ("url", "web_pages"), ("homepage", "web_pages"),
    ("internet", "web_pages"),
    ("fax", "phones"), ("telefax", "phones"), ("télécopie", "phones"),
    ("phone", "phones"), ("tel", "phones"), ("telephone", "phones"), ("telefon", "phones"),
    ("téléphone", "phones"), ("teléfono", "phones"), ("telefoon", "phones"), ("tél", "phones"),
    ("mobil", "phones"), ("handy", "phones"), ("cell", "phones"), ("portable", "phones"),
    ("móvil", "phones"), ("mobiel", "phones"), ("gsm", "phones"), ("rufnummer", "phones"),
    ("durchwahl", "phones"), ("телефон", "phones"),
    ("postfach", "addresses.po_box"), ("pobox", "addresses.po_box"),
    ("zip", "addresses.postal_code"), ("plz", "addresses.postal_code"),
    ("postal", "addresses.postal_code"), ("postcode", "addresses.postal_code"),
    ("postleitzahl", "addresses.postal_code"), ("cap", "addresses.postal_code"),
    ("country", "addresses.country"), ("land", "addresses.country"),
    ("pays", "addresses.country"), ("país", "addresses.country"), ("paese", "addresses.country"),
    ("nazione", "addresses.country"),
    ("state", "addresses.region"), ("region", "addresses.region"),
    ("province", "addresses.region"), ("provincia", "addresses.region"),
    ("bundesland", "addresses.region"), ("kanton", "addresses.region"),
    ("provincie", "addresses.region"),
    ("street", "addresses.street"), ("straße", "addresses.street"),
    ("strasse", "addresses.street"), ("str", "addresses.street"), ("rue", "addresses.street"),
    ("calle", "addresses.street"), ("via", "addresses.street"), ("straat", "addresses.street"),
    ("address", "addresses.street"), ("adresse", "addresses.street"),
    ("dirección", "addresses.street"), ("indirizzo", "addresses.street"),
    ("city", "addresses.city"), ("town", "addresses.city"), ("ort", "addresses.city"),
    ("stadt", "addresses.city"), ("ville", "addresses.city"), ("ciudad", "addresses.city"),
    ("città", "addresses.city"), ("plaats", "addresses.city"), ("woonplaats", "addresses.city"),
    ("город", "addresses.city"),
    ("department", "department"), ("abteilung", "department"), ("département", "department"),
    ("departamento", "department"), ("reparto", "department"), ("afdeling", "department"),
    ("note", "note"), ("notiz", "note"), ("comment", "note"), ("remark", "note"),
    ("bemerkung", "note"), ("kommentar", "note"), ("notas", "note"), ("opmerking", "note"),
    ("categor", "categories"), ("kategori", "categories"), ("catégorie", "categories"),
    ("tags", "categories"), ("label", "categories"), ("schlagwort", "categories"),
)  # fmt: skip
#: Targets that one column has at most.
SINGLE_ONES: Final = frozenset(
    {"given", "middle", "surname", "prefix", "suffix", "full_name", "account", "company",
     "job_title", "department", "birthday", "anniversary", "owner", "active", "id"}
)  # fmt: skip
