"""A live stream of a local chain: heartbeat, ways, changes of the set, and every fault of a socket."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from chain.stream.messages import PushedBlock
from chain.stream.stream import Stream, StreamConfig
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.listening import QUICK, Ear, Wallets, listening
from tests.sandbox.chain.wallets import SOL, key, pay, signed

pytestmark = pytest.mark.enable_socket

ALICE, BOB = str(key(1).pubkey()), str(key(2).pubkey())


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(ChainConfig(slot_seconds=0.05)) as running:
        for number in (1, 2):
            running.api.airdrop(key(number).pubkey(), 1_000 * SOL)
        yield running


def trade(chain: SandboxChain, number: int, lamports: int = SOL) -> str:
    payment = pay(key(number), key(9).pubkey(), lamports)
    return str(chain.api.send(signed(chain.api, [key(number)], payment)))


async def until_heard(chain: SandboxChain, ear: Ear, number: int) -> None:
    """Trade once a slot until one of these trades is heard of."""
    done = {trade(chain, number)}
    for lamports in range(1, 200):
        if done & set(ear.signatures):
            return
        slot = ear.slots[-1]
        await ear.until(lambda slot=slot: ear.slots[-1] > slot)  # type: ignore[misc]
        done.add(trade(chain, number, SOL + lamports))
    pytest.fail("nothing was heard of")


@pytest.mark.parametrize("method", ["transactions", "logs"])
async def test_a_watched_wallets_transaction_is_heard_of(method: str, chain: SandboxChain) -> None:
    ear = Ear()
    async with listening(chain.ws_url, Wallets(ALICE), ear, methods=(method,)) as stream:
        assert stream.state == f"live ({method})"
        others, done = trade(chain, 2), trade(chain, 1)
        await ear.until(lambda: done in ear.signatures)
        assert others not in ear.signatures
        assert {pushed.raw is None for pushed in ear.pushed_transactions} == {method == "logs"}
        assert ear.slots


async def test_an_empty_set_hears_of_nobody(chain: SandboxChain) -> None:
    ear = Ear()
    async with listening(chain.ws_url, Wallets(), ear):
        trade(chain, 1)
        await ear.until(lambda: len(ear.slots) > 10)
        assert ear.pushed_transactions == []


@pytest.mark.parametrize("method", ["transactions", "logs"])
async def test_a_changed_set_is_heard_of_and_the_old_one_left(method: str, chain: SandboxChain) -> None:
    ear, wallets = Ear(), Wallets(ALICE)
    async with listening(chain.ws_url, wallets, ear, methods=(method,)):
        await until_heard(chain, ear, 1)
        wallets.become(BOB)
        await until_heard(chain, ear, 2)
        left, slot = trade(chain, 1, 5), chain.api.slot
        await ear.until(lambda: ear.slots[-1] > slot + 4)
        assert left not in ear.signatures


async def test_a_node_without_transactions_is_asked_for_logs() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        chain.api.airdrop(key(1).pubkey(), SOL * 1_000)
        ear = Ear()
        async with listening(chain.ws_url, Wallets(ALICE), ear) as stream:
            assert stream.state == "live (logs)"
            await until_heard(chain, ear, 1)


async def test_slots_alone_can_be_heard_of(chain: SandboxChain) -> None:
    ear = Ear()
    async with listening(chain.ws_url, Wallets(ALICE), ear, methods=("slots",)) as stream:
        assert stream.state == "live (slots)"
        trade(chain, 1)
        await ear.until(lambda: len(ear.slots) > 10)
        assert ear.pushed_transactions == []


async def test_whole_blocks_are_heard_of_where_the_node_offers_them() -> None:
    blocks: list[PushedBlock] = []
    async with SandboxChain(ChainConfig(slot_seconds=0.05, block_subscription=True)) as chain:
        chain.api.airdrop(key(1).pubkey(), 1_000 * SOL)
        ear, method = Ear(), ("blocks", "slots")
        async with listening(
            chain.ws_url, Wallets(ALICE), ear, methods=method, on_block=blocks.append
        ) as stream:
            assert stream.method == "blocks"
            done = trade(chain, 1)
            await ear.until(lambda: any(done.encode() in bytes(block.raw) for block in blocks))
    assert all(later.parent_slot >= earlier.slot for earlier, later in pairwise(blocks))
    assert ear.pushed_transactions == []


async def test_a_node_without_blocks_or_transactions_is_asked_for_logs_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "chain.stream.stream")
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        methods = ("transactions", "blocks", "logs")
        async with listening(chain.ws_url, Wallets(ALICE), Ear(), methods=methods) as stream:
            assert stream.state == "live (logs)"
    told = " ".join(caplog.messages)
    assert "transactions is not offered here" in told
    assert "blocks is not offered here" in told
    assert "is live (logs)" in told


async def test_what_is_offered_is_found_out_when_there_is_something_to_ask_for_on_the_same_socket() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        chain.api.airdrop(key(1).pubkey(), 1_000 * SOL)
        ear, wallets = Ear(), Wallets()
        async with listening(chain.ws_url, wallets, ear) as stream:
            assert stream.state == "live (transactions)"
            wallets.become(ALICE)
            await ear.until(lambda: stream.state == "live (logs)")
            await until_heard(chain, ear, 1)
            assert stream.opened == 1


async def test_what_the_node_does_not_take_is_told() -> None:
    config = ChainConfig(slot_seconds=0.05, provider="agave", subscriptions=3)  # one is the heartbeat
    async with SandboxChain(config) as chain:
        wallets = Wallets()
        wallets.become(ALICE, BOB, accounts=(str(key(3).pubkey()), str(key(4).pubkey())))
        async with listening(chain.ws_url, wallets, Ear(), methods=("logs",)) as stream:
            assert stream.state == "live (logs), 2 addresses too many"
            assert stream.method == "logs"


async def test_a_silent_socket_is_dead_though_tcp_is_up(chain: SandboxChain) -> None:
    ear = Ear()
    async with listening(chain.ws_url, Wallets(ALICE), ear, silence_seconds=0.4) as stream:
        chain.faults.add(Fault(fault="stall_socket"))
        await ear.until(lambda: not chain.faults.armed)
        await until_heard(chain, ear, 1)
        assert stream.live


async def test_it_comes_back_each_time_it_is_cut_off(chain: SandboxChain) -> None:
    ear = Ear()
    async with listening(chain.ws_url, Wallets(ALICE), ear):
        for fault in ("disconnect", "disconnect_lagging", "disconnect"):
            chain.faults.add(Fault(fault=fault))
            await ear.until(lambda: not chain.faults.armed)
            await until_heard(chain, ear, 1)


async def test_it_goes_on_trying_where_nobody_listens_and_tells_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = Stream(StreamConfig(url=Secret("ws://127.0.0.1:9/?api-key=PLANTED"), backoff=QUICK))
    caplog.set_level("DEBUG", "chain.stream.stream")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await stream.run(Wallets(ALICE), Ear())
    assert stream.state.startswith("lost")
    assert len(caplog.messages) > 2
    assert "PLANTED" not in caplog.text + stream.state
