"""The company's policy, kept in the database as data."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from twinbook.database import meta
from twinbook.model.errors import Invalid
from twinbook.model.fields import BY_NAME
from twinbook.model.policy import Direction, Policy, Winner
from twinbook.model.profiles import PROFILES, twinbook
from twinbook.reconcile.required import Required

_KEY = "policy"
_decoder = msgspec.json.Decoder(Policy)
_RULES = {"directions": Direction, "winners": Winner}
_GROUPS = ("guards", "schedule")


def load(connection: Connection) -> Policy:
    """The policy in force; Twinbook's own where none was ever set."""
    text = meta.get(connection, _KEY)
    return twinbook() if text is None else _decoder.decode(text)


def save(connection: Connection, policy: Policy) -> None:
    """Put a policy in force."""
    meta.put(connection, _KEY, msgspec.json.encode(policy).decode())


def changed(policy: Policy, name: str, value: str) -> Policy:
    """The policy with one rule set, from words as a person types them.

    "profile" takes a shipped policy as a whole; "directions.note" and "winners.phones.home"
    set the rule of a field or of one kind of its values; "guards.removals_share" a limit,
    "schedule.every" a part of the schedule; every other rule has its own name. Raises
    Invalid with what would have been possible.
    """
    first, _, rest = name.partition(".")
    if first == "profile":
        if value not in PROFILES:
            raise Invalid(f"There is no profile {value!r}. The profiles: {', '.join(PROFILES)}.")
        return PROFILES[value]().but(schedule=policy.schedule)
    plain = msgspec.to_builtins(policy)
    if first in _RULES:
        _check_field(rest)
        plain[first] = {**plain[first], rest: value}
    elif first in _GROUPS and rest in plain[first]:
        _check_zone(name, value)
        plain[first][rest] = value
    elif name == "required":
        Required.read(value)
        plain[name] = value.strip()
    elif not rest and first in plain and not isinstance(plain[first], Mapping):
        plain[first] = value
    else:
        raise Invalid(f"There is no rule {name!r}. See them with: twinbook policy show")
    return _checked(plain, name, value)


def _check_field(name: str) -> None:
    if name.partition(".")[0] not in BY_NAME:
        raise Invalid(f"There is no field {name!r}. The fields: {', '.join(BY_NAME)}.")


def _check_zone(name: str, value: str) -> None:
    if name == "schedule.zone" and value:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:
            raise Invalid(
                f"There is no time zone {value!r}. Name one such as Europe/Berlin or UTC."
            ) from error


def _checked(plain: object, name: str, value: str) -> Policy:
    try:
        return msgspec.convert(plain, Policy, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"{name} can't be {value!r}: {error}.") from error
