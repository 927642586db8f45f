"""What both sides are taken to agree on, before and after a step."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from twinbook.model.contact import Contact
from twinbook.model.ids import RecordId, Version
from twinbook.model.intent import Intent
from twinbook.model.link import NOTHING_YET, Half, Link
from twinbook.model.pair import Pair
from twinbook.model.record import Record
from twinbook.model.shape import ALL_FIELDS
from twinbook.sync.setting import Setting


def agreed(base: Pair[Half] | None, now: Pair[Half], frozen: Collection[str]) -> Pair[Half]:
    """The base after a step: what each side shows now, but for fields that wait.

    Where all of them wait, the category does too.
    """
    before = base or Pair(NOTHING_YET, NOTHING_YET)
    if frozenset(frozen) >= ALL_FIELDS:
        now = Pair.each(lambda side: replace(now[side], tagged=before[side].tagged))
    return Pair.each(lambda side: with_fields(now[side], before[side], frozen))


def half_way(
    base: Pair[Half] | None,
    now: Pair[Half],
    told: Collection[str],
    pending: Collection[str],
    carried: Contact,
) -> Pair[Half]:
    """The base while a write is under way.

    What already travelled up is agreed on: the fields in `told`. What the item is still to
    be told is not: of the fields in `pending` the hub's half holds only what came from the
    item, as `carried` shows it. A link that is only just made agrees on all else as it is.
    """
    start = base or now
    hub = with_fields(start.hub, now.hub, told)
    spoke = with_fields(start.spoke, now.spoke, told)
    return Pair(with_fields(hub, Half(contact=carried), pending), spoke)


def with_fields(half: Half, source: Half, names: Collection[str]) -> Half:
    """A half that shows what `source` shows in some fields."""
    values: dict[str, Any] = {name: getattr(source.contact, name) for name in names}
    seals = {name: seal for name, seal in half.seals.items() if name not in names}
    seals |= {name: seal for name, seal in source.seals.items() if name in names}
    return Half(contact=half.contact.but(**values), seals=seals, tagged=half.tagged)


def shown(record: Record | None) -> Half:
    """What a record shows; nothing, if there is none."""
    return Half.of(record) if record is not None else NOTHING_YET


def link_of(
    intent: Intent,
    setting: Setting,
    base: Pair[Half],
    item: RecordId,
    version: Version,
) -> Link:
    """The link that an intent is about, with this base and item."""
    return Link(
        id=intent.link,
        spoke=setting.spoke.id,
        contact=intent.contact,
        item=item,
        mark=intent.mark,
        base=base,
        versions=Pair(intent.hub_version, version),
        owned=intent.owned,
        number=intent.number,
        adopted=intent.adopted,
        whole=not intent.frozen,
    )
