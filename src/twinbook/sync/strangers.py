"""Personal items whose owner wants to share them, and whom in the hub they may be."""

from collections.abc import Mapping, Sequence

from twinbook.model.ids import AccountId
from twinbook.model.keys import Key
from twinbook.model.record import Record
from twinbook.reconcile.cases import Case, Parent, Stranger
from twinbook.reconcile.match import candidates, is_living, keys_of, shared_keys
from twinbook.sync.setting import Setting


def strangers(
    setting: Setting, items: Sequence[Record], account: AccountId | None = None
) -> list[Case]:
    """One case for each personal item that its owner wants to share."""
    keys = frozenset(key for item in items for key in keys_of(item.contact))
    found = setting.replicas.hub.resembling(keys) if keys else {}
    return [_stranger(setting, item, found, account) for item in items]


def _account_words(item: Record) -> Sequence[str]:
    """What may name the item's account: its categories; in an outside CRM its own account."""
    if item.business is not None:
        return [item.business.account_name] if item.business.account_name else []
    return item.contact.categories


def _stranger(
    setting: Setting,
    item: Record,
    found: Mapping[Key, Sequence[Record]],
    account: AccountId | None,
) -> Stranger:
    records = {r.id: r for key in keys_of(item.contact) for r in found.get(key, ()) if is_living(r)}
    seen = [record for record in records.values() if setting.terms.may_see(record)]
    named = setting.journal.accounts_named(_account_words(item))
    accounts = tuple(Parent(id, name) for name, several in named.items() for id in several)
    parent = () if account is None else (Parent(account, setting.journal.account_name(account)),)
    alike = tuple(candidates(item.contact, seen, shared_keys(found)))
    linked = setting.journal.links_to([one.record.id for one in alike])
    return Stranger(
        item=item,
        accounts=parent or accounts,
        look_alikes=alike,
        linked=frozenset(linked),
        unseen=len(candidates(item.contact, [r for r in records.values() if r not in seen])),
    )
