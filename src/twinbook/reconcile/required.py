"""What a contact has to have, so that an import takes it (the policy's rule `required`)."""

from dataclasses import dataclass

from twinbook.model.contact import Contact
from twinbook.model.errors import Invalid
from twinbook.model.fields import BY_NAME


@dataclass(frozen=True, slots=True)
class Required:
    """Groups of fields: of each group one at least has to say something."""

    groups: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def read(cls, text: str) -> "Required":
        """The rule that a text such as "surname, emails|phones" means. Raises Invalid.

        >>> Required.read("surname, emails|phones").groups
        (('surname',), ('emails', 'phones'))
        """
        groups = tuple(
            tuple(name.strip() for name in group.split("|"))
            for group in text.split(",")
            if group.strip()
        )
        for name in (name for group in groups for name in group):
            if name not in BY_NAME:
                raise Invalid(f"There is no field {name!r}. The fields: {', '.join(BY_NAME)}.")
        return cls(groups)

    def lacking(self, person: Contact) -> str:
        """What a contact lacks, in the words of the field table; "" if nothing.

        >>> Required.read("surname, emails|phones").lacking(Contact(surname="Berg"))
        'e-mail addresses or phone numbers'
        """
        empty = [group for group in self.groups if not any(getattr(person, name) for name in group)]
        return ", ".join(" or ".join(BY_NAME[name].label for name in group) for group in empty)
