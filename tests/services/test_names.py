"""Names are read from nodes, or unknown."""

from typing import Any, cast

from chain.rpc.pool import RpcPool
from domain.errors import NodeUnavailable
from services.names import NodeNames, NoNames


class Away:
    names = ("node",)

    async def call(self, *args: Any, **how: Any) -> None:
        del args, how
        raise NodeUnavailable("no node answers")


async def test_without_an_answer_a_name_is_unknown() -> None:
    assert await NodeNames(rpc=cast("RpcPool", Away())).resolve("toly.sol") is None
    assert await NoNames().resolve("toly.sol") is None
