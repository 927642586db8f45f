"""The two policies that are shipped: Twinbook's own, and Microsoft's behaviour.

Source of the second: docs/replicas/microsoft-contact-sync.md.
"""

from collections.abc import Mapping

from twinbook.model.contact import PhoneKind, WebKind
from twinbook.model.fields import FIELDS
from twinbook.model.policy import Direction, FirstMeeting, OnHubRemoval, Policy, Winner


def twinbook() -> Policy:
    """The default: everything two-way but private fields, clashes of people's work are asked."""
    return Policy()


def like_dynamics() -> Policy:
    """What Dynamics 365 does: its 34 rows two-way, nothing else, the CRM wins, mine only.

    Two of its habits are kept out on purpose, since each of them loses work: a contact
    deleted in the CRM is not removed over an unread edit, and a value that yields is logged.
    """
    return Policy(
        name="like-dynamics",
        directions=_only_microsofts_rows(),
        winners={row.name: Winner.HUB for row in FIELDS},
        on_hub_removal=OnHubRemoval.KEEP_FOR_OWNER,
        first_meeting=FirstMeeting.HUB,
        default_scope="mine",
        category="",
    )


PROFILES = {"twinbook": twinbook, "like-dynamics": like_dynamics}


def _only_microsofts_rows() -> Mapping[str, Direction]:
    directions = {row.name: Direction.BOTH if row.rows else Direction.NONE for row in FIELDS}
    carried = {
        kind for row in FIELDS if row.name in ("phones", "web_pages") for kind in row.columns
    }
    for kind in PhoneKind:
        if kind.value not in carried or kind is PhoneKind.MANAGER:
            directions[f"phones.{kind.value}"] = Direction.NONE
    for page in (WebKind.HOME, WebKind.OTHER):
        directions[f"web_pages.{page.value}"] = Direction.NONE
    directions["company"] = Direction.TO_SPOKE
    return directions


def for_crm(policy: Policy) -> Policy:
    """The policy towards an outside CRM: nothing there is private, and it wins (rule 0.5)."""
    own = {row.name: Direction.BOTH for row in FIELDS if row.direction is Direction.OWN}
    return policy.but(
        directions={"categories": Direction.BOTH, **own, **policy.directions},
        winners={row.name: Winner.SPOKE for row in FIELDS},
        category="",
    )
