"""A program's accounts by what stands in them; what does not fit is left out, whoever sends it."""

import base64
from typing import Any

import base58
import pytest

from chain.scans.node import NotAnswered
from chain.scans.owned import MemoryMatch, owned_accounts, owned_parts
from tests.chain import samples
from tests.chain.scans.tables import TableNode

PROGRAM, POOL, AT = (samples.address(name) for name in ("program", "pool", "at"))
MATCH = MemoryMatch(offset=8, address=POOL)


def listed(data: bytes, owner: str = PROGRAM) -> dict[str, Any]:
    content = {
        "owner": owner,
        "lamports": 1,
        "executable": False,
        "data": [base64.b64encode(data).decode(), "base64"],
    }
    return {"pubkey": AT, "account": content}


async def test_only_accounts_of_the_program_that_fit_are_kept() -> None:
    fitting = bytes(8) + base58.b58decode(POOL)
    node = TableNode({}, {"getProgramAccounts": [listed(fitting), listed(bytes(40)), listed(fitting, POOL)]})
    assert [one.data for one in await owned_accounts(node, PROGRAM, MATCH)] == [fitting]


async def test_parts_are_asked_for_alone() -> None:
    asked: list[Any] = []

    def answer(params: list[Any]) -> list[Any]:
        asked.append(params[1])
        return [listed(b"12345678")]

    node = TableNode({}, {"getProgramAccounts": answer})
    assert await owned_parts(node, PROGRAM, MATCH, slice(16, 24)) == {AT: b"12345678"}
    assert asked[0]["dataSlice"] == {"offset": 16, "length": 8}
    assert asked[0]["filters"] == [{"memcmp": {"offset": 8, "bytes": POOL}}]


@pytest.mark.parametrize("answer", [[{"pubkey": "no"}], "text", [listed(b"")["account"]]])
async def test_nonsense_is_no_answer(answer: Any) -> None:
    with pytest.raises(NotAnswered, match="unreadable"):
        await owned_accounts(TableNode({}, {"getProgramAccounts": answer}), PROGRAM, MATCH)
