"""Holdings in lockers, by looking, and what of them is free already."""

import base64
from typing import Any

from chain.market.locks import JUPITER_LOCK, SOON_SECONDS, STREAMFLOW, streamflow_vault
from chain.rpc.accounts import Account
from chain.scans.locks import VaultHolding, locks_of, without_free
from domain.security.facts import Holder, OwnerKind
from tests.chain import samples
from tests.chain.market.lock_samples import CANCELABLE_BY_SENDER, jupiter_lock, streamflow_lock
from tests.chain.scans.tables import TableNode, account

MINT, ANNA, ESCROW, STREAM = (samples.address(name) for name in ("mint", "anna", "escrow", "stream"))
VAULT = streamflow_vault(STREAM)
AT_JUPITER = VaultHolding(
    address=samples.address("account"),
    owner=ESCROW,
    account=account(ESCROW, jupiter_lock(MINT, ANNA), JUPITER_LOCK),
)
AT_STREAMFLOW = VaultHolding(address=VAULT, owner=VAULT, account=None)


def listed(data: bytes, owner: str = STREAMFLOW) -> dict[str, Any]:
    found: Account = account(STREAM, data, owner)
    return {
        "pubkey": found.address,
        "account": {
            "owner": found.owner,
            "lamports": 1,
            "executable": False,
            "data": [base64.b64encode(found.data).decode(), "base64"],
        },
    }


async def test_the_owner_of_the_tokens_may_be_the_lock_itself() -> None:
    node = TableNode({})
    assert list(await locks_of(node, MINT, [AT_JUPITER])) == [ESCROW]
    assert await locks_of(node, ANNA, [AT_JUPITER]) == {}
    assert node.asked == []


async def test_an_account_that_owns_itself_is_looked_for_among_the_locks_of_streamflow() -> None:
    good = listed(streamflow_lock(MINT, ANNA))
    other_mint, foreign = listed(streamflow_lock(ANNA, ANNA)), listed(streamflow_lock(MINT, ANNA), ANNA)
    node = TableNode({}, {"getProgramAccounts": [other_mint, foreign, good]})
    assert list(await locks_of(node, MINT, [AT_STREAMFLOW])) == [VAULT]
    for bad in ([other_mint], [foreign], [listed(streamflow_lock(MINT, ANNA, CANCELABLE_BY_SENDER))], []):
        assert await locks_of(TableNode({}, {"getProgramAccounts": bad}), MINT, [AT_STREAMFLOW]) == {}


async def test_a_node_that_refuses_or_sends_nonsense_leaves_them_with_a_holder() -> None:
    nonsense = listed(b"")
    nonsense["account"]["data"] = ["%", "base64"]
    for node in (TableNode({}), TableNode({}, {"getProgramAccounts": [nonsense]})):
        assert await locks_of(node, MINT, [AT_STREAMFLOW]) == {}


async def test_what_is_free_belongs_to_those_who_can_take_it() -> None:
    locks = await locks_of(TableNode({}), MINT, [AT_JUPITER])
    locked = Holder(owner=ESCROW, raw=400, kind=OwnerKind.LOCKED)
    anna = Holder(owner=ANNA, raw=30, kind=OwnerKind.WALLET)

    def amounts(holders: list[Holder], now: int | None) -> dict[str, int]:
        return {one.owner: one.raw for one in without_free(holders, locks, now)}

    assert amounts([locked, anna], 999 - SOON_SECONDS) == {ESCROW: 400, ANNA: 30}
    assert amounts([locked, anna], 1_010 - SOON_SECONDS) == {ESCROW: 250, ANNA: 180}
    assert amounts([locked], 1_010 - SOON_SECONDS) == {ESCROW: 250, ANNA: 150}
    assert amounts([locked], None) == {ANNA: 400}


async def test_a_lock_that_ends_soon_locks_nothing_and_its_date_is_known() -> None:
    locks = await locks_of(TableNode({}), MINT, [AT_JUPITER])
    locked = Holder(owner=ESCROW, raw=400, kind=OwnerKind.LOCKED)
    (soon,) = without_free([locked], locks, 940)
    assert (soon.owner, soon.raw, soon.kind, soon.unlocks_at) == (ANNA, 400, OwnerKind.WALLET, 1_000)
    (later,) = without_free([locked], locks, 999 - SOON_SECONDS)
    assert (later.owner, later.raw, later.unlocks_at) == (ESCROW, 400, 1_000)


async def test_what_was_sent_to_a_lock_without_being_locked_is_free() -> None:
    """A lock of one token would else hide all others that are sent to its address."""
    locks = await locks_of(TableNode({}), MINT, [AT_JUPITER])
    stuffed = Holder(owner=ESCROW, raw=1_000_000, kind=OwnerKind.LOCKED)
    for now, locked in ((999 - SOON_SECONDS, 400), (1_010 - SOON_SECONDS, 250)):
        raws = {one.owner: one.raw for one in without_free([stuffed], locks, now)}
        assert raws == {ESCROW: locked, ANNA: 1_000_000 - locked}
    (nothing_locked,) = without_free([stuffed], locks, None)
    assert (nothing_locked.owner, nothing_locked.raw) == (ANNA, 1_000_000)
