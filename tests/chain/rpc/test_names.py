"""A name is resolved by what nodes answer, its token's holder too."""

import base64
import json
from collections.abc import Mapping
from typing import Any, cast

import msgspec
import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from chain.parsing.name_accounts import NAMES_PROGRAM, TOKENIZER_PROGRAM, keys_of
from chain.parsing.names import NameFault, NameSource, Resolved
from chain.rpc.names import resolve_name
from chain.rpc.pool import RpcPool
from domain.security.mints import TOKEN_PROGRAMS

KEYS = keys_of("whale.sol")
OWNER, HOLDER = (str(Keypair.from_seed(bytes([seed]) * 32).pubkey()) for seed in (1, 2))
ACCOUNT = str(Keypair.from_seed(bytes([3]) * 32).pubkey())
TOKEN = min(TOKEN_PROGRAMS)


class Node:
    """Answers with the accounts that it has."""

    names = ("node",)

    def __init__(self, accounts: Mapping[str, tuple[str, bytes]], holders: list[dict[str, str]]) -> None:
        self._accounts = accounts
        self._holders = holders

    async def call(self, method: str, params: Any, **how: object) -> msgspec.Raw:
        del how
        if method == "getTokenLargestAccounts":
            return msgspec.Raw(json.dumps({"context": {"slot": 9}, "value": self._holders}).encode())
        values = [self._account(address) for address in params[0]]
        return msgspec.Raw(json.dumps({"context": {"slot": 9}, "value": values}).encode())

    def _account(self, address: str) -> dict[str, Any] | None:
        if address not in self._accounts:
            return None
        owner, data = self._accounts[address]
        encoded = base64.b64encode(data).decode()
        return {
            "lamports": 1,
            "owner": owner,
            "executable": False,
            "data": [encoded, "base64"],
            "space": len(data),
        }


def key(address: str) -> bytes:
    return bytes(Pubkey.from_string(address))


def of_token(mint: str, *, amount: int = 1) -> tuple[str, bytes]:
    return TOKEN, key(mint) + key(HOLDER) + amount.to_bytes(8, "little") + bytes(93)


REGISTRY = {KEYS.registry: (NAMES_PROGRAM, bytes(32) + key(OWNER) + bytes(32))}
RECORD = {KEYS.token_record: (TOKENIZER_PROGRAM, bytes([2, 255]) + bytes(64) + key(KEYS.mint))}
ONE = [{"address": ACCOUNT, "amount": "1"}]


async def resolved(
    accounts: Mapping[str, tuple[str, bytes]], holders: list[dict[str, str]]
) -> Resolved | NameFault:
    return await resolve_name(cast("RpcPool", Node(accounts, holders)), "whale.sol")


async def test_a_plain_name_is_its_owners() -> None:
    assert await resolved(REGISTRY, []) == Resolved(address=OWNER, source=NameSource.OWNER)
    assert await resolved({}, []) is NameFault.NOT_REGISTERED


async def test_a_name_that_is_a_token_is_its_holders() -> None:
    accounts = {**REGISTRY, **RECORD, ACCOUNT: of_token(KEYS.mint)}
    assert await resolved(accounts, ONE) == Resolved(address=HOLDER, source=NameSource.HOLDER)


@pytest.mark.parametrize(
    ("account", "holders"),
    [
        (of_token(KEYS.mint), []),
        (of_token(KEYS.mint), [{"address": ACCOUNT, "amount": "0"}]),
        (of_token(KEYS.mint, amount=0), ONE),
        (of_token(OWNER), ONE),
        ((OWNER, of_token(KEYS.mint)[1]), ONE),
    ],
)
async def test_a_holder_that_is_not_proven_is_none(
    account: tuple[str, bytes], holders: list[dict[str, str]]
) -> None:
    assert await resolved({**REGISTRY, **RECORD, ACCOUNT: account}, holders) is NameFault.NO_HOLDER
