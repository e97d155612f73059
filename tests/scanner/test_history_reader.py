"""What a wallet did before it was followed is read once, and stands under its positions."""

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import base58
import msgspec
import pytest

from chain.rpc.errors import INVALID_PARAMS, Rejected
from chain.rpc.signatures import ListedSignature
from domain.activity.outcomes import Outcome
from domain.errors import NodeUnavailable
from domain.positions.holdings import Holding
from scanner import history_reader
from scanner.history_lists import Ask
from scanner.history_reader import HistoryConfig, HistoryReader, RequestBudget
from storage.coordination.leases import take_lease
from storage.ingest.activities import Batch, store
from storage.market.history import UnreadWallet, history_progress, unread_wallets
from storage.market.position_rebuilds import rebuild_next
from storage.patterns.detection import find_next
from storage.postgres import Database
from tests.chain import samples
from tests.scanner.world import CHAIN, follow
from tests.storage.sample_data import fan_out_all, purchase

pytestmark = pytest.mark.services

WALLET, MINT = samples.address("trader"), samples.address("mint")
REJECTED = samples.address("rejected")
FOLLOWED_AT = 100


def _signature(slot: int) -> str:
    return base58.b58encode(slot.to_bytes(64, "big")).decode()


def _purchase(slot: int, *, before: int = 0, age_days: float = 1) -> dict[str, Any]:
    """A purchase of 250 for 1 SOL, in a slot of its own."""
    sample = samples.swap()
    sample["slot"] = slot
    sample["blockTime"] = int(time.time() - age_days * 86_400)
    sample["transaction"]["signatures"] = [_signature(slot)]
    (after,) = [one for one in sample["meta"]["postTokenBalances"] if one["owner"] == WALLET]
    if before:
        amount = {**after["uiTokenAmount"], "amount": str(before)}
        sample["meta"]["preTokenBalances"].append({**after, "uiTokenAmount": amount})
    after["uiTokenAmount"] = {**after["uiTokenAmount"], "amount": str(before + 250)}
    return sample


def _sale(slot: int) -> dict[str, Any]:
    """All of that purchase back, for 1 SOL, a day later."""
    sample = _purchase(slot, age_days=0.5)
    meta = sample["meta"]
    for kind in ("Balances", "TokenBalances"):
        meta[f"pre{kind}"], meta[f"post{kind}"] = meta[f"post{kind}"], meta[f"pre{kind}"]
    meta["postBalances"][0] -= 2 * meta["fee"]
    return sample


class Chain:
    """Transactions of the wallet, and what was asked."""

    def __init__(self, *found: dict[str, Any]) -> None:
        self._found = {sample["transaction"]["signatures"][0]: sample for sample in found}
        self.asked: list[Sequence[str]] = []
        self.listed: list[str] = []
        self.is_read = asyncio.Event()
        self.is_away = False
        self.is_behind = False
        self.parts_left = 1_000
        """After so many it is away."""
        self.rejected = ""

    async def list(self, address: str, last_slot: int, ask: Ask) -> Sequence[ListedSignature]:
        """The newest first."""
        await ask(1)
        self.listed.append(address)
        if address == self.rejected:
            raise Rejected("Invalid param", provider="node", code=INVALID_PARAMS)
        assert (address, last_slot) == (WALLET, FOLLOWED_AT)
        if self.is_away:
            raise NodeUnavailable("nobody answers")
        slots = sorted((sample["slot"] for sample in self._found.values()), reverse=True)
        return [ListedSignature(signature=_signature(slot), slot=slot) for slot in slots if slot <= last_slot]

    async def read(self, signatures: Sequence[str]) -> Sequence[bytes | None]:
        """As a node writes them."""
        self.parts_left -= 1
        if self.parts_left < 0:
            raise NodeUnavailable("nobody answers")
        self.asked.append(signatures)
        self.is_read.set()
        return [samples.raw(self._found[one]) if self._found[one] else None for one in signatures]


def _reader(database: Database, chain: Chain, owner: str = "a", **config: Any) -> HistoryReader:
    made = HistoryConfig(chain=CHAIN, requests_per_hour=1_000_000, **config)
    return HistoryReader(
        database, chain.list, chain.read, config=made, owner=owner, is_behind=lambda: chain.is_behind
    )


async def _be_known(database: Database) -> None:
    """As if every scanner knew of the watches."""
    await database.execute(
        "UPDATE watches SET since_slot = $1, created_at = created_at - interval '1 minute'", FOLLOWED_AT
    )


async def _follow(database: Database) -> None:
    await follow(database, WALLET)
    await _be_known(database)


async def _position(database: Database) -> Holding:
    return msgspec.json.decode(await database.fetchval("SELECT state FROM positions"), type=Holding)


async def test_what_was_bought_before_has_a_known_cost(database: Database) -> None:
    await _follow(database)
    chain = Chain(_purchase(40), _purchase(50, before=250))
    assert await _reader(database, chain).read_next()
    holding = await _position(database)
    assert (holding.purchases, holding.sol.cost) == (2, 2_000_000_000)
    progress = await history_progress(database, chain=CHAIN, wallet=WALLET)
    assert progress is not None
    assert (progress.transactions, progress.has_ended) == (2, True)


async def test_what_was_sold_before_is_kept_with_what_it_gained(database: Database) -> None:
    await _follow(database)
    assert await _reader(database, Chain(_purchase(40), _sale(50))).read_next()
    (row,) = await database.fetch("SELECT number, outcome FROM history_sales")
    outcome = msgspec.json.decode(row["outcome"], type=Outcome)
    assert (row["number"], outcome.known_share, outcome.gain_sol) == (0, Decimal(1), 0)
    assert outcome.held_seconds == pytest.approx(43_200, abs=5)


async def test_it_is_read_once_for_all_chats(database: Database) -> None:
    await _follow(database)
    await follow(database, WALLET, chat_id=7)
    await _be_known(database)
    chain = Chain(_purchase(40))
    assert await _reader(database, chain).read_next()
    assert not await _reader(database, chain).read_next()
    assert len(chain.asked) == 1


async def test_alerts_that_came_meanwhile_stand_on_top_of_it(database: Database) -> None:
    await _follow(database)
    alerted = msgspec.structs.replace(purchase(5), wallet=WALLET, chain=CHAIN, slot=105)
    alerted = msgspec.structs.replace(
        alerted, received=(msgspec.structs.replace(alerted.received[0], mint=MINT, raw=10),)
    )
    await store(database, Batch(chain=CHAIN, activities=[alerted]))
    await fan_out_all(database)
    assert await _reader(database, Chain(_purchase(40))).read_next()
    assert await rebuild_next(database)
    holding = await _position(database)
    assert (holding.purchases, holding.sol.cost) == (2, 1_000_000_000 + alerted.paid[0].raw)


async def test_a_transaction_that_is_an_alert_is_not_read_twice(database: Database) -> None:
    await _follow(database)
    alerted = msgspec.structs.replace(
        purchase(0), wallet=WALLET, chain=CHAIN, signature=_signature(60), slot=60
    )
    await store(database, Batch(chain=CHAIN, activities=[alerted]))
    chain = Chain(_purchase(40), _purchase(60))
    await _reader(database, chain).read_next()
    assert chain.asked == [[_signature(40)]]


async def test_nothing_older_than_the_days_that_were_set_is_read(database: Database) -> None:
    await _follow(database)
    chain = Chain(*(_purchase(slot, before=250 * (slot - 1), age_days=60 - slot) for slot in range(1, 61)))
    await _reader(database, chain, days=15).read_next()
    assert (await _position(database)).purchases == 15
    assert sum(len(part) for part in chain.asked) == 20


def _dust(slot: int, *, age_days: float) -> dict[str, Any]:
    """SOL that a stranger sent."""
    stranger = samples.address("stranger")
    made = samples.transaction({stranger: (10**9, 9 * 10**8 - 5_000), WALLET: (10**9, 11 * 10**8)})
    made["transaction"]["signatures"] = [_signature(slot)]
    return made | {"slot": slot, "blockTime": int(time.time() - age_days * 86_400)}


@pytest.mark.parametrize(
    ("past", "slept_days", "at_least"),
    [
        ([_purchase(40, age_days=94), _dust(50, age_days=20)], 94, False),
        ([_dust(40, age_days=94), _dust(50, age_days=20)], None, False),
        ([_dust(slot, age_days=94 - slot) for slot in range(1, 41)], 73, True),
        ([_purchase(40, age_days=12)], None, False),
    ],
)
async def test_who_is_followed_while_it_sleeps_is_announced_when_it_wakes(
    database: Database, past: list[dict[str, Any]], slept_days: int | None, *, at_least: bool
) -> None:
    await _follow(database)
    assert await _reader(database, Chain(*past)).read_next()
    now = int(time.time())
    woken = msgspec.structs.replace(
        purchase(5), wallet=WALLET, chain=CHAIN, slot=105, block_time=now, signature=_signature(105)
    )
    await store(database, Batch(chain=CHAIN, activities=[woken]))
    await fan_out_all(database)
    assert await find_next(database) == (slept_days is not None)
    rows = await database.fetch(
        "SELECT (payload->>'silent_seconds')::float8 AS seconds, payload ? 'silent_at_least' AS at_least"
        " FROM alerts WHERE kind = 'pattern'"
    )
    found = [(round(row["seconds"] / 86_400), row["at_least"]) for row in rows]
    assert found == ([] if slept_days is None else [(slept_days, at_least)])


async def test_what_cannot_be_decoded_is_left_out(database: Database) -> None:
    await _follow(database)
    broken = _purchase(40)
    broken["meta"]["postBalances"] = []
    assert await _reader(database, Chain(broken, _purchase(50))).read_next()
    assert (await _position(database)).purchases == 1


async def test_one_scanner_reads_at_a_time(database: Database) -> None:
    await _follow(database)
    await take_lease(database, name=f"history {CHAIN}", owner="another", seconds=60)
    assert not await _reader(database, Chain(_purchase(40))).read_next()


async def test_a_wallet_that_could_not_be_read_waits_while_others_go_on(database: Database) -> None:
    await _follow(database)
    chain = Chain(_purchase(40))
    chain.is_away = True
    with pytest.raises(NodeUnavailable):
        await _reader(database, chain).read_next()
    chain.is_away = False
    assert not await _reader(database, chain).read_next()
    await database.execute("UPDATE history_reads SET retry_at = now()")
    assert await _reader(database, chain).read_next()


async def test_a_wallet_that_a_node_does_not_list_stops_no_other(database: Database) -> None:
    await _follow(database)
    await follow(database, REJECTED)
    await _be_known(database)
    chain = Chain(_purchase(40))
    chain.rejected = REJECTED
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        reading = group.create_task(_reader(database, chain).run())
        await chain.is_read.wait()
        reading.cancel()
    assert chain.listed == [REJECTED, WALLET]


async def test_the_watches_are_looked_at_once_for_many_wallets(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _follow(database)
    await follow(database, REJECTED)
    await _be_known(database)
    found_each_time: list[int] = []

    async def counted(database: Database, *, chain: str, limit: int) -> list[UnreadWallet]:
        found = await unread_wallets(database, chain=chain, limit=limit)
        found_each_time.append(len(found))
        return found

    monkeypatch.setattr(history_reader, "unread_wallets", counted)
    chain = Chain(_purchase(40))
    chain.rejected = REJECTED
    reader = _reader(database, chain)
    with pytest.raises(Rejected):
        await reader.read_next()
    assert await reader.read_next()
    assert found_each_time == [2]
    assert not await reader.read_next()
    assert found_each_time == [2, 0]


async def test_a_wallet_whose_first_slot_is_not_known_is_not_read(database: Database) -> None:
    await follow(database, WALLET)
    await database.execute("UPDATE watches SET since_slot = NULL")
    assert not await _reader(database, Chain()).read_next()


async def test_what_was_read_of_a_wallet_is_not_read_again_by_whoever_continues(database: Database) -> None:
    await _follow(database)
    chain = Chain(*(_purchase(slot, before=250 * (slot - 1)) for slot in range(1, 51)))
    chain.parts_left = 2
    with pytest.raises(NodeUnavailable):
        await _reader(database, chain).read_next()
    assert await database.fetchval("SELECT count(*) FROM history_transactions") == 40
    await database.execute("UPDATE history_reads SET retry_at = now()")
    await database.execute("UPDATE leases SET expires_at = now()")
    chain.parts_left = 1
    assert await _reader(database, chain, owner="b").read_next()
    assert [len(part) for part in chain.asked] == [20, 20, 10]
    assert (await _position(database)).purchases == 50
    assert await database.fetchval("SELECT count(*) FROM history_transactions") == 0


async def test_it_waits_while_the_scanner_is_behind_the_chain(database: Database) -> None:
    await _follow(database)
    chain = Chain(_purchase(40))
    chain.is_behind = True
    assert not await _reader(database, chain).read_next()
    assert chain.listed == []
    chain.is_behind = False
    assert await _reader(database, chain).read_next()


def test_a_budget_lets_a_tenth_of_an_hours_requests_go_at_once_and_the_rest_evenly() -> None:
    now = 0.0
    budget = RequestBudget(4_000, lambda: now)
    assert budget.pause(400) == 0
    assert budget.pause(20) == pytest.approx(20)
    now = 20.0
    assert budget.pause(1) == pytest.approx(1)
    now = 10_000.0
    assert budget.pause(400) == 0


@pytest.mark.parametrize("idle_seconds", [0.0, 7.0, 500.0, 100_000.0])
def test_within_no_hour_more_requests_are_made_than_were_set(idle_seconds: float) -> None:
    now = 0.0
    budget = RequestBudget(2_000, lambda: now)
    now += idle_seconds
    made: list[float] = []
    while len(made) < 6_000:
        now += budget.pause(20)
        made += [now] * 20
    for begin in range(0, len(made), 20):
        hour = [at for at in made[begin : begin + 2_020] if at - made[begin] < 3_600 - 1e-6]
        assert len(hour) <= 2_000
