"""What a wallet did last is listed in as few requests as its providers allow, each of them counted."""

import base58
import pytest
from aiohttp import web

from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.signatures import ListedSignature
from domain.security.mints import TOKEN_PROGRAMS
from runtime.settings.secret import Secret
from scanner.history_lists import MAX_TOKEN_ACCOUNTS, PROBE_SECONDS, HistoryLists, newest_of
from tests.chain import samples
from tests.chain.nodes import error, node, result

pytestmark = pytest.mark.enable_socket

WALLET = samples.address("trader")
HISTORY, SIGNATURES, ACCOUNTS = (
    "getTransactionsForAddress",
    "getSignaturesForAddress",
    "getTokenAccountsByOwner",
)


def _signature(slot: int) -> str:
    return base58.b58encode(slot.to_bytes(64, "big")).decode()


def _listed(*slots: int) -> list[dict[str, object]]:
    return [{"signature": _signature(slot), "slot": slot, "err": None} for slot in slots]


class Provider:
    """Answers for a wallet with some token accounts, and counts what it is asked for."""

    def __init__(self, *, has_histories: bool, accounts: int = 1) -> None:
        self.asked: list[str] = []
        self.has_histories = has_histories
        self._accounts = accounts

    def __call__(self, request: dict[str, object]) -> web.Response:
        method = str(request["method"])
        self.asked.append(method)
        if method == HISTORY:
            return result({"data": _listed(9, 7, 5)}) if self.has_histories else error(-32601)
        if method == ACCOUNTS:
            is_first = request["params"][1]["programId"] == TOKEN_PROGRAMS[0]  # type: ignore[index]
            number = self._accounts if is_first else 0
            value = [{"pubkey": samples.address(f"account {at}")} for at in range(number)]
            return result({"context": {"slot": 9}, "value": value})
        address = request["params"][0]  # type: ignore[index]
        return result(_listed(9, 5) if address == WALLET else _listed(7, 5))


class Asked:
    """How many requests were asked for before they were made."""

    def __init__(self) -> None:
        self.requests = 0

    async def __call__(self, requests: int) -> None:
        self.requests += requests


async def _slots(lists: HistoryLists, asked: Asked) -> list[int]:
    return [one.slot for one in await lists.latest(WALLET, 9, asked)]


def _lists(rpc: RpcPool, weight: float = 10.0, seconds: list[float] | None = None) -> HistoryLists:
    now = seconds or [0.0]
    return HistoryLists(rpc, number=4, history_weight=weight, now=lambda: now[0])


async def test_one_request_lists_all_where_a_provider_has_the_method() -> None:
    provider, asked = Provider(has_histories=True), Asked()
    async with node(provider) as url, open_rpc([Secret(url)]) as rpc:
        assert await _slots(_lists(rpc), asked) == [9, 7, 5]
    assert (provider.asked, asked.requests) == ([HISTORY], 10)


async def test_else_the_wallet_and_its_token_accounts_are_listed_and_each_request_is_counted() -> None:
    provider, asked, seconds = Provider(has_histories=False), Asked(), [0.0]
    async with node(provider) as url, open_rpc([Secret(url)]) as rpc:
        lists = _lists(rpc, seconds=seconds)
        assert await _slots(lists, asked) == [9, 7, 5]
        assert provider.asked[1:].count(SIGNATURES) == 2
        assert asked.requests == 10 + len(provider.asked) - 1
        for at, charged in ((1.0, 0), (PROBE_SECONDS, 10)):
            provider.asked.clear()
            seconds[0], asked.requests = at, 0
            assert await _slots(lists, asked) == [9, 7, 5]
            assert HISTORY not in provider.asked, "the pool knows that it is refused"
            assert asked.requests == charged + len(provider.asked)


async def test_a_method_that_is_not_wanted_is_never_asked_for() -> None:
    provider, asked = Provider(has_histories=True, accounts=50), Asked()
    async with node(provider) as url, open_rpc([Secret(url)]) as rpc:
        await _slots(_lists(rpc, weight=0), asked)
    assert HISTORY not in provider.asked
    assert provider.asked.count(SIGNATURES) == 1 + MAX_TOKEN_ACCOUNTS
    assert asked.requests == len(provider.asked)


def test_lists_of_a_wallet_and_its_token_accounts_are_one() -> None:
    def listed(*slots: int) -> list[ListedSignature]:
        return [ListedSignature(signature=_signature(slot), slot=slot) for slot in slots]

    found = newest_of([listed(9, 5, 2), listed(7, 5), listed()], 4)
    assert [one.slot for one in found] == [9, 7, 5, 2]
    assert [one.slot for one in newest_of([listed(9, 5, 2), listed(7, 5)], 2)] == [9, 7]
