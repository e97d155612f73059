"""Mints of the sandbox chain, read as any node's.
When a token was made, as far as nodes tell.
"""

import base64
import json
import struct
from collections.abc import Mapping

import base58
import msgspec
import pytest

from chain.rpc.mints import token_age, token_names
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import PAGE
from domain.security.mints import TOKEN_2022_PROGRAM, TokenAge
from sandbox.local import LocalSandbox
from tests.chain.nodes import confirm

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


async def test_mints_say_their_names_and_powers(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    plans = {plan.symbol: plan for plan in sandbox.simulation.config.tokens}
    for token in sandbox.simulation.tokens:
        (facts,), plan = await token_names(rpc, [str(token.mint)]), plans[token.symbol]
        assert (facts.symbol, facts.decimals) == (token.symbol.strip(), token.decimals)
        assert (facts.mint_authority is not None) == plan.mintable
        assert (facts.freeze_authority is not None) == plan.freezable


async def test_what_is_no_mint_is_left_out(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    whale = sandbox.simulation.whales[0].address
    assert await token_names(rpc, [whale, NOBODY]) == []


async def test_the_names_of_many_mints_are_read_at_once(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    tokens = {str(token.mint): token for token in sandbox.simulation.tokens}
    names = await token_names(rpc, [*tokens, NOBODY])
    assert {name.mint: name.decimals for name in names} == {
        mint: token.decimals for mint, token in tokens.items()
    }


METADATA_ACCOUNT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
_EMPTY = bytes(32)


def pointing_mint(address: str) -> bytes:
    """A mint of Token-2022 that says its name stands in another account."""
    mint = struct.pack("<I32sQBBI32s", 0, _EMPTY, 10**15, 6, 1, 1, base58.b58decode(NOBODY))
    pointer = struct.pack("<HH", 18, 64) + _EMPTY + base58.b58decode(address)
    return mint.ljust(165, b"\0") + b"\1" + pointer


def interface_metadata(mint: str) -> bytes:
    """An account of another program that keeps the name of a mint."""
    texts = b"".join(
        struct.pack("<I", len(one)) + one for one in (b"Krill", b"KRILL", b"https://krill.example/1")
    )
    value = _EMPTY + base58.b58decode(mint) + texts + struct.pack("<I", 0)
    return bytes([112, 132, 90, 90, 11, 88, 157, 87]) + struct.pack("<I", len(value)) + value


class Accounts:
    """A node that has some accounts, and counts questions."""

    names = ("the only one",)

    def __init__(self, accounts: Mapping[str, tuple[str, bytes]]) -> None:
        self._accounts = accounts
        self.asked = 0

    async def call(self, method: str, params: list[object], **_: object) -> msgspec.Raw:
        assert method == "getMultipleAccounts"
        self.asked += 1
        addresses = params[0]
        assert isinstance(addresses, list)
        value = [self._account(address) for address in addresses]
        return msgspec.Raw(json.dumps({"context": {"slot": 9}, "value": value}).encode())

    def _account(self, address: str) -> object:
        if address not in self._accounts:
            return None
        owner, data = self._accounts[address]
        text = base64.b64encode(data).decode()
        return {"lamports": 1, "owner": owner, "executable": False, "data": [text, "base64"]}


@pytest.mark.parametrize(("names", "symbol"), [(MINT, "KRILL"), (NOBODY, None)])
async def test_a_name_in_another_account_counts_if_it_says_whose_it_is(
    names: str, symbol: str | None
) -> None:
    node = Accounts(
        {
            MINT: (TOKEN_2022_PROGRAM, pointing_mint(METADATA_ACCOUNT)),
            METADATA_ACCOUNT: (NOBODY, interface_metadata(names)),
        }
    )
    (found,) = await token_names(node, [MINT])  # type: ignore[arg-type]
    assert (found.symbol, found.decimals, found.supply) == (symbol, 6, 10**15)
    assert (found.mint_authority, found.freeze_authority) == (None, NOBODY)
    assert found.uri == (None if symbol is None else "https://krill.example/1")
    assert node.asked == 2


class Node:
    """Answers what it was given."""

    def __init__(self, listed: object, transaction: object = None) -> None:
        self._answers: Mapping[str, object] = {
            "getSignaturesForAddress": listed,
            "getTransaction": transaction,
        }
        self.asked: list[str] = []

    async def call(self, method: str, params: object) -> msgspec.Raw:
        del params
        self.asked.append(method)
        return msgspec.Raw(json.dumps(self._answers[method]).encode())


def transaction(had: int, *, loaded: bool = False) -> object:
    keys = ["payer", *([] if loaded else [MINT])]
    addresses = {"writable": [MINT] if loaded else [], "readonly": []}
    return {
        "transaction": {"message": {"accountKeys": keys}},
        "meta": {"preBalances": [10, had], "loadedAddresses": addresses},
    }


LISTED = [{"signature": "new", "blockTime": 900}, {"signature": "old", "blockTime": 500}]


@pytest.mark.parametrize(
    ("listed", "transaction_answer", "age"),
    [
        (LISTED, transaction(0), TokenAge(created_at=500, is_exact=True)),
        (LISTED, transaction(0, loaded=True), TokenAge(created_at=500, is_exact=True)),
        (LISTED, transaction(1_461_600), TokenAge(created_at=500, is_exact=False)),
        (LISTED, None, TokenAge(created_at=500, is_exact=False)),
        ([{"signature": "s", "blockTime": 500}] * PAGE, None, TokenAge(created_at=500, is_exact=False)),
        ([{"signature": "s", "blockTime": None}], None, None),
        ([], None, None),
        ({"no": "list"}, None, None),
    ],
)
async def test_it_is_exact_only_where_the_creation_was_read(
    listed: object, transaction_answer: object, age: TokenAge | None
) -> None:
    assert await token_age(Node(listed, transaction_answer), MINT) == age  # type: ignore[arg-type]


async def test_of_a_token_with_many_transactions_one_request_is_enough() -> None:
    node = Node([{"signature": "s", "blockTime": 500}] * PAGE)
    await token_age(node, MINT)  # type: ignore[arg-type]
    assert node.asked == ["getSignaturesForAddress"]
