"""What was sent before it was confirmed stands, or is reverted; what is not certain is left open."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress

import msgspec
import pytest
from msgspec import structs

from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from chain.rpc.signatures import SignatureStatus
from chain.stream.messages import PushedTransaction
from domain.activity.activity import Activity, Leg
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.rpc.responses import Shape, block_json
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.commit.provisional_limit import MAX_OPEN, ProvisionalLimit
from scanner.live.live import Live
from scanner.reconcile import forks
from scanner.reconcile.forks import GRACE_SECONDS, MAX_UNKNOWN, MIN_UNKNOWN, Forks, Verdict, judge
from storage.admin.operators import recent_discoveries
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import open_provisional, revert
from storage.postgres import Database
from tests.scanner.world import CHAIN, Whale, follow
from tests.storage.sample_data import purchase

pytestmark = pytest.mark.services


def status(word: str, err: object = None) -> SignatureStatus:
    return SignatureStatus(slot=99, err=err, confirmation_status=word)


@pytest.mark.parametrize(
    ("said", "slot", "verdict"),
    [
        (status("processed"), 100, Verdict.WAITS),
        (status("confirmed"), 100, Verdict.STANDS),
        (status("finalized"), 100, Verdict.STANDS),
        (status("confirmed", {"InstructionError": []}), 100, Verdict.FAILED),
        (status("processed", {"InstructionError": []}), 100, Verdict.WAITS),
        (None, 100, Verdict.UNKNOWN),
        (None, 111, Verdict.WAITS),
    ],
)
def test_a_word_of_a_node_means(said: SignatureStatus | None, slot: int, verdict: Verdict) -> None:
    assert judge(slot, said, seen_to=120, final=110) is verdict


def test_a_node_that_is_behind_the_final_slots_proves_nothing() -> None:
    assert judge(100, None, seen_to=109, final=110) is Verdict.WAITS


class Case:
    """A chain that is stepped by hand, and a whale whose trade was alerted as soon as it was seen."""

    def __init__(self, chain: SandboxChain, database: Database, forks: Forks) -> None:
        self.chain = chain
        self.database = database
        self.forks = forks
        self.whale = Whale(chain)
        self.may_move = True

    async def trade(self) -> str:
        """It trades; the block is produced, and the trade is stored as provisional."""
        (signature,) = self.whale.trade()
        return await self.push(await self.seen(), signature)

    async def seen(self) -> Activity:
        """Return what it does in the next block, as it is before anything is confirmed."""
        block = (await self.chain.step()).produced
        shape = Shape(encoding="json", details="full", rewards=False, max_version=1)
        raw = msgspec.json.encode(block_json(block, shape))
        content = Decoder(chain=CHAIN).block(block.slot, raw, wallets={self.whale.address})
        return content.activities[-1]

    async def push(self, seen: Activity, signature: str) -> str:
        """Store it as a stream pushed it."""
        batch = Batch(chain=CHAIN, activities=[seen], provisional=True, may_move=self.may_move)
        await store(self.database, batch)
        return signature

    def made_up(self, slot: int) -> Activity:
        """Return what never happened."""
        return structs.replace(purchase(1, wallet=self.whale.address), signature="5" * 88, slot=slot)

    async def steps(self, count: int) -> None:
        for _ in range(count):
            await self.chain.step()

    async def open(self) -> list[str]:
        found = await open_provisional(self.database, chain=CHAIN, older_than=0.0, limit=9)
        return [one.signature for one in found]

    async def reverted(self) -> int:
        return int(await self.database.fetchval("SELECT count(*) FROM alerts WHERE reverted_at IS NOT NULL"))


@pytest.fixture
async def case(database: Database) -> AsyncIterator[Case]:
    config = ChainConfig(slot_seconds=None, confirmed_lag=2, finalized_lag=4, history=200)
    async with SandboxChain(config) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        made = Case(
            chain, database, Forks(rpc, database, Decoder(chain=CHAIN), ProvisionalLimit(), grace_seconds=0.0)
        )
        await follow(database, made.whale.address)
        await made.steps(6)
        yield made


async def test_a_trade_that_is_confirmed_stands(case: Case) -> None:
    signature = await case.trade()
    assert await case.forks.check() == 0
    assert await case.open() == [signature]
    await case.steps(2)
    assert await case.forks.check() == 0
    assert (await case.open(), await case.reverted()) == ([], 0)


async def doomed(case: Case, *, reland: bool) -> str:
    """A trade in a block that dies with the next."""
    case.chain.faults.add(Fault(fault="fork", reland=reland))
    signature = await case.trade()
    await case.steps(1)
    return signature


async def test_a_trade_that_died_is_reverted_when_its_slot_is_behind_the_final_ones(case: Case) -> None:
    signature = await doomed(case, reland=False)
    for _ in range(MIN_UNKNOWN):
        assert await case.forks.check() == 0
    assert await case.open() == [signature]
    await case.steps(6)
    assert [await case.forks.check() for _ in range(MIN_UNKNOWN)] == [0, 1]
    assert (await case.open(), await case.reverted()) == ([], 1)


async def test_a_trade_that_lands_again_in_another_block_stands(case: Case) -> None:
    await doomed(case, reland=True)
    await case.steps(6)
    assert await case.forks.check() == 0
    assert (await case.open(), await case.reverted()) == ([], 0)


async def test_a_node_that_lags_behind_the_trade_reverts_nothing(case: Case) -> None:
    signature = await case.trade()
    await case.steps(9)
    case.chain.faults.add(Fault(fault="lag", slots=12, times=None))
    for _ in range(MIN_UNKNOWN + 1):
        assert await case.forks.check() == 0
    assert await case.open() == [signature]


async def pruned(case: Case) -> str:
    """A trade of which the node has forgotten everything, as one that began again from a snapshot."""
    signature = await case.trade()
    await case.steps(case.chain.config.history + 1)
    return signature


async def test_what_no_node_has_any_more_is_judged_by_nobody_and_stands(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    await pruned(case)
    await case.database.execute("UPDATE provisional SET noted_at = now() - interval '1 hour'")
    assert await case.forks.check() == 0
    assert (await case.open(), await case.reverted()) == ([], 0)
    assert "Of 1 transactions up to slot" in caplog.text


async def test_a_made_up_transaction_of_long_ago_is_reverted_though_no_node_has_its_slot(case: Case) -> None:
    await case.steps(case.chain.config.history + 1)
    made_up = case.made_up(3)
    await case.push(made_up, made_up.signature)
    assert [await case.forks.check() for _ in range(MIN_UNKNOWN)] == [0, 1]


async def test_a_node_that_has_the_slot_decides_where_another_has_it_no_more(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rpc([Secret(case.chain.rpc_url)] * 2) as rpc:
        first, _ = rpc.names

        async def available(_: object, *, avoid: Collection[str]) -> int:
            return 0 if first in avoid else 2**40

        monkeypatch.setattr(forks, "first_available_block", available)
        both = Forks(rpc, case.database, Decoder(chain=CHAIN), ProvisionalLimit(), grace_seconds=0.0)
        case.may_move = False
        made_up = case.made_up(case.chain.api.slot)
        await case.push(made_up, made_up.signature)
        await case.steps(3)
        reverted = [await both.check() for _ in range(2 * MAX_UNKNOWN)]
    assert (sum(reverted), await stored(case)) == (1, [("5" * 88, False)])


async def test_where_another_node_is_away_the_answers_of_one_are_enough(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rpc([Secret(case.chain.rpc_url), Secret("http://127.0.0.1:9")]) as rpc:

        async def available(_: object, *, avoid: Collection[str]) -> int:
            return 2**40

        monkeypatch.setattr(forks, "first_available_block", available)
        both = Forks(rpc, case.database, Decoder(chain=CHAIN), ProvisionalLimit(), grace_seconds=0.0)
        made_up = case.made_up(case.chain.api.slot)
        await case.push(made_up, made_up.signature)
        await case.steps(6)
        for _ in range(2 * MAX_UNKNOWN):
            with suppress(Unavailable):
                await both.check()
            if not await case.open():
                break
    assert (await case.open(), await case.reverted()) == ([], 0)


async def stored(case: Case) -> list[tuple[str, bool]]:
    """Signature of each alert, and whether it stands, the oldest first."""
    rows = await case.database.fetch(
        "SELECT payload->>'signature' AS signature, reverted_at IS NULL AS stands FROM alerts"
        " ORDER BY alert_id"
    )
    return [(row["signature"], row["stands"]) for row in rows]


async def test_scenario_97_a_made_up_transaction_is_taken_back_once_nodes_have_passed_its_slot(
    case: Case,
) -> None:
    case.may_move = False
    made_up = case.made_up(case.chain.api.slot)
    await case.push(made_up, made_up.signature)
    await case.steps(3)
    assert [await case.forks.check() for _ in range(MIN_UNKNOWN)] == [0, 1]
    assert (await case.open(), await stored(case)) == ([], [("5" * 88, False)])


async def test_scenario_97_a_made_up_transaction_of_the_future_is_not_waited_for(case: Case) -> None:
    made_up = case.made_up(2**62)
    await case.push(made_up, made_up.signature)
    assert [await case.forks.check() for _ in range(MIN_UNKNOWN)] == [0, 1]


async def test_scenario_97_many_made_up_transactions_are_reverted_in_a_few_goes(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up = case.made_up(2**62)
    lies = [
        structs.replace(made_up, signature="5" * 86 + f"{number}".replace("0", "z"))
        for number in range(10, 75)
    ]
    await store(case.database, Batch(chain=CHAIN, activities=lies, provisional=True, may_move=True))
    goes: list[int] = []

    async def counted(database: Database, *, chain: str, absent: Collection[tuple[str, str]]) -> int:
        goes.append(len(absent))
        return await revert(database, chain=chain, absent=absent)

    monkeypatch.setattr(forks, "revert", counted)
    assert [await case.forks.check() for _ in range(MIN_UNKNOWN)] == [0, 65]
    assert goes == [64, 1]
    assert (await case.open(), await case.reverted()) == ([], 65)


async def test_scenario_97_another_amount_than_stands_in_the_block_is_reverted_and_the_true_one_stands(
    case: Case,
) -> None:
    (signature,) = case.whale.trade()
    true = await case.seen()
    lie = structs.replace(true, paid=(Leg(mint="SOL", raw=77, decimals=9),))
    await case.push(lie, signature)
    await case.steps(3)
    await case.forks.check()
    assert (await case.open(), await stored(case)) == ([], [(signature, False), (signature, True)])
    payload = await case.database.fetchval("SELECT payload::text FROM activities")
    assert msgspec.json.decode(payload, type=Activity).paid == true.paid


async def test_scenario_97_an_activity_of_a_wallet_that_the_transaction_does_not_name_is_taken_back(
    case: Case,
) -> None:
    (signature,) = case.whale.trade()
    true = await case.seen()
    bystander = Whale(case.chain, number=5)
    await follow(case.database, bystander.address)
    await case.push(structs.replace(true, wallet=bystander.address), signature)
    await case.steps(3)
    await case.forks.check()
    assert (await case.open(), await stored(case)) == ([], [(signature, False)])


FLOOD = 3_000


@pytest.mark.measures
async def test_scenario_97_of_a_flood_of_made_up_transactions_few_are_alerts_and_all_are_reverted_in_time(
    case: Case,
) -> None:
    early = ProvisionalLimit()
    watched = WatchedWallets([case.whale.address])
    live = Live(Committer(Recorder(case.database, Unheard()), Decoder(chain=CHAIN), watched), early=early)
    (known,) = case.whale.trade()
    await case.steps(6)
    async with open_rpc([Secret(case.chain.rpc_url)]) as rpc:
        raw = await transaction(rpc, known, commitment="confirmed") or b""
        saved = 2.0
        """Seconds of the usual wait that this test does not wait."""
        forks = Forks(rpc, case.database, Decoder(chain=CHAIN), early, grace_seconds=GRACE_SECONDS - saved)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (live.run(), forks.run(), chain_going_on(case))]
            began = monotonic()
            for number in range(FLOOD):
                live.transaction(flooding(raw, known, number, slot=case.chain.api.slot))
                if not number % 100:
                    await asyncio.sleep(0)
            sent = await until_count(case, "SELECT count(*) FROM alerts", at_least=MAX_OPEN)
            assert sent == MAX_OPEN
            await until_count(
                case, "SELECT count(*) FROM alerts WHERE reverted_at IS NOT NULL", at_least=MAX_OPEN
            )
            assert monotonic() - began < 10.0 - saved
            await until_count(case, "SELECT count(*) FROM discoveries", at_least=1)
            for task in tasks:
                task.cancel()
    assert not early.may_announce_early("liar")
    assert early.may_announce_early("another")
    assert await case.database.fetchval("SELECT count(*) FROM alerts") == MAX_OPEN
    (discovery,) = await recent_discoveries(case.database, chain=CHAIN, days=1)
    assert "liar" in discovery.sentence


class Unheard:
    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        """Nobody waits."""


async def chain_going_on(case: Case) -> None:
    while True:
        await asyncio.sleep(0.2)
        await case.chain.step()


def flooding(raw: bytes, known: str, number: int, *, slot: int) -> PushedTransaction:
    """A trade that there is, under a signature that there is not."""
    signature = f"{known[:-7]}Lie{number:04d}".replace("0", "z")
    lie = msgspec.Raw(raw.replace(known.encode(), signature.encode()))
    return PushedTransaction(signature=signature, slot=slot, raw=lie, source="liar")


async def until_count(case: Case, statement: str, *, at_least: int) -> int:
    async with asyncio.timeout(15):
        while (found := int(await case.database.fetchval(statement))) < at_least:  # noqa: ASYNC110 - a row
            await asyncio.sleep(0.05)
    return found
