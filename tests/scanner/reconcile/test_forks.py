"""What was told before it was confirmed stands, or is taken back; what is not certain is left open."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from chain.rpc.pool import open_rpc
from chain.rpc.statuses import SignatureStatus
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile.forks import LOOKS, Forks, Verdict, judge
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import open_provisional
from storage.postgres import Database
from tests.scanner.world import CHAIN, Whale, follow
from tests.storage.scenes import purchase

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


class Scene:
    """A chain that is stepped by hand, and a whale whose deed was told as soon as it was seen."""

    def __init__(self, chain: SandboxChain, database: Database, forks: Forks) -> None:
        self.chain = chain
        self.database = database
        self.forks = forks
        self.whale = Whale(chain)

    async def deed(self) -> str:
        """It acts; the block is produced, and told."""
        (signature,) = self.whale.trade()
        slot = (await self.chain.step()).produced.slot
        seen = structs.replace(purchase(slot, wallet=self.whale.address), signature=signature, slot=slot)
        await store(self.database, Batch(chain=CHAIN, activities=[seen], provisional=True))
        return signature

    async def steps(self, count: int) -> None:
        for _ in range(count):
            await self.chain.step()

    async def open(self) -> list[str]:
        found = await open_provisional(self.database, chain=CHAIN, older_than=0.0, limit=9)
        return [one.signature for one in found]

    async def reverted(self) -> int:
        return int(await self.database.fetchval("SELECT count(*) FROM alerts WHERE reverted_at IS NOT NULL"))


@pytest.fixture
async def scene(database: Database) -> AsyncIterator[Scene]:
    config = ChainConfig(slot_seconds=None, confirmed_lag=2, finalized_lag=4)
    async with SandboxChain(config) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        made = Scene(chain, database, Forks(rpc, database, chain=CHAIN, grace_seconds=0.0))
        await follow(database, made.whale.address)
        await made.steps(6)
        yield made


async def test_a_deed_that_is_confirmed_stands(scene: Scene) -> None:
    signature = await scene.deed()
    assert await scene.forks.look() == 0
    assert await scene.open() == [signature]
    await scene.steps(2)
    assert await scene.forks.look() == 0
    assert (await scene.open(), await scene.reverted()) == ([], 0)


async def doomed(scene: Scene, *, reland: bool) -> str:
    """A deed in a block that dies with the next."""
    scene.chain.faults.add(Fault(fault="fork", reland=reland))
    signature = await scene.deed()
    await scene.steps(1)
    return signature


async def test_a_deed_that_died_is_taken_back_when_its_slot_is_behind_the_final_ones(scene: Scene) -> None:
    signature = await doomed(scene, reland=False)
    for _ in range(LOOKS):
        assert await scene.forks.look() == 0
    assert await scene.open() == [signature]
    await scene.steps(6)
    assert [await scene.forks.look() for _ in range(LOOKS)] == [0, 1]
    assert (await scene.open(), await scene.reverted()) == ([], 1)


async def test_a_deed_that_lands_again_in_another_block_stands(scene: Scene) -> None:
    await doomed(scene, reland=True)
    await scene.steps(6)
    assert await scene.forks.look() == 0
    assert (await scene.open(), await scene.reverted()) == ([], 0)


async def test_a_node_that_lags_behind_the_deed_takes_nothing_back(scene: Scene) -> None:
    signature = await scene.deed()
    await scene.steps(9)
    scene.chain.faults.add(Fault(fault="lag", slots=12, times=None))
    for _ in range(LOOKS + 1):
        assert await scene.forks.look() == 0
    assert await scene.open() == [signature]
