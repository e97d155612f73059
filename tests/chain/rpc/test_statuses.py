"""How far transactions have come, as the sandbox's node says it."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import msgspec
import pytest

from chain.rpc.errors import Broken
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.statuses import signature_statuses
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket
UNKNOWN = "1" * 64


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(ChainConfig(slot_seconds=None, confirmed_lag=2, finalized_lag=4)) as running:
        yield running


@pytest.fixture
async def rpc(chain: SandboxChain) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(chain.rpc_url)]) as pool:
        yield pool


async def test_a_transaction_becomes_processed_confirmed_and_finalized(
    chain: SandboxChain, rpc: RpcPool
) -> None:
    whale = Whale(chain)
    (signature,) = whale.trade()
    said = []
    for _ in range(5):
        slot = (await chain.step()).produced.slot
        statuses = await signature_statuses(rpc, [signature, UNKNOWN])
        status, unknown = statuses.statuses
        assert unknown is None
        assert status is not None
        assert (statuses.slot, status.failed) == (slot, False)
        said.append(status.confirmation_status)
    assert said == ["processed", "processed", "confirmed", "confirmed", "finalized"]


class Odd:
    """A node that answers something else."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        assert (method, params[1], seconds, avoid) == (
            "getSignatureStatuses",
            {"searchTransactionHistory": True},
            20.0,
            (),
        )
        return msgspec.Raw(self._answer)


@pytest.mark.parametrize(
    "answer", [b"null", b'{"context":{"slot":1},"value":[]}', b'{"context":{},"value":[null]}', b"\xff"]
)
async def test_an_answer_of_another_shape_says_nothing(answer: bytes) -> None:
    with pytest.raises(Broken):
        await signature_statuses(Odd(answer), ["a"])
