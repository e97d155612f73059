"""What is asked of a node when the set of wallets changes: the new before the old is left."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest

from chain.rpc.errors import Rejected
from chain.stream.subscriptions import (
    ADDRESSES,
    BlockSubscribe,
    LogsSubscribe,
    SubscriptionFilter,
    TransactionSubscribe,
)


def subscription_filter(wallets: Iterable[str], *accounts: str, version: int = 1) -> SubscriptionFilter:
    return SubscriptionFilter(wallets=frozenset(wallets), accounts=accounts, version=version)


class Recorder:
    """Stands where a `RpcConnection` stands and writes down what it is asked."""

    name = "node"

    def __init__(self, refuses: str = "", takes: int = 1_000_000) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._refuses = refuses
        self._takes = takes

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        if method == self._refuses or self._refuses in repr(params[0]).split("'")[1::2]:
            raise Rejected("no", provider=self.name, code=-32602)
        if method == "logsSubscribe" and self.stand() >= self._takes:
            raise Rejected("limit", provider=self.name, code=-32603)
        self.asked.append((method, params[0]))
        return msgspec.Raw(str(len(self.asked)).encode())

    def stand(self) -> int:
        return self.methods().count("logsSubscribe") - self.methods().count("logsUnsubscribe")

    def named(self) -> list[str]:
        return [params["mentions"][0] for method, params in self.asked if method == "logsSubscribe"]

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]


async def test_the_new_set_is_subscribed_to_before_the_old_one_is_left() -> None:
    connection, method = Recorder(), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a"}))
    await method.watch(connection, subscription_filter({"a", "b"}))
    assert connection.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]
    assert connection.asked[1][1]["accountInclude"] == ["a", "b"]
    assert connection.asked[2][1] == 1


async def test_nobody_is_never_everybody() -> None:
    connection, method = Recorder(), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter(()))
    assert connection.asked == []
    await method.watch(connection, subscription_filter({"a"}))
    await method.watch(connection, subscription_filter(()))
    assert connection.methods() == ["transactionSubscribe", "transactionUnsubscribe"]


async def test_a_large_set_is_split() -> None:
    connection, method = Recorder(), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter(f"wallet-{number}" for number in range(ADDRESSES + 1)))
    assert [len(asked["accountInclude"]) for _, asked in connection.asked] == [ADDRESSES, 1]


async def test_only_wallets_that_came_or_went_are_told_of_where_each_has_its_own() -> None:
    connection, method = Recorder(), LogsSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a", "b"}))
    await method.watch(connection, subscription_filter({"b", "c"}))
    assert connection.asked == [
        ("logsSubscribe", {"mentions": ["a"]}),
        ("logsSubscribe", {"mentions": ["b"]}),
        ("logsUnsubscribe", 1),
        ("logsSubscribe", {"mentions": ["c"]}),
    ]


async def test_a_node_that_has_left_a_subscription_already_is_no_trouble() -> None:
    connection, method = Recorder(refuses="transactionUnsubscribe"), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a"}))
    await method.watch(connection, subscription_filter({"b"}))
    assert connection.methods() == ["transactionSubscribe", "transactionSubscribe"]


@pytest.mark.parametrize("method", [TransactionSubscribe("confirmed"), LogsSubscribe("confirmed")])
async def test_a_refused_subscription_is_told(method: TransactionSubscribe | LogsSubscribe) -> None:
    refused = "transactionSubscribe" if isinstance(method, TransactionSubscribe) else "logsSubscribe"
    with pytest.raises(Rejected):
        await method.watch(Recorder(refuses=refused), subscription_filter({"a"}))


async def test_owners_of_token_accounts_are_asked_for_where_the_node_knows_how() -> None:
    connection, method = Recorder(), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a"}))
    assert connection.asked[0][1]["tokenAccounts"] == "balanceChanged"
    plain, other = Recorder(refuses="balanceChanged"), TransactionSubscribe("confirmed")
    await other.watch(plain, subscription_filter({"a"}))
    assert "tokenAccounts" not in plain.asked[0][1]


async def test_a_newer_version_is_subscribed_to_and_other_wishes_change_nothing() -> None:
    connection, method = Recorder(), TransactionSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a"}))
    await method.watch(connection, subscription_filter({"a"}, "token-account"))
    assert connection.methods() == ["transactionSubscribe"]
    await method.watch(connection, subscription_filter({"a"}, version=2))
    assert connection.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]


async def test_blocks_are_subscribed_to_once_and_anew_for_a_newer_version() -> None:
    connection, method = Recorder(), BlockSubscribe("processed")
    await method.watch(connection, subscription_filter({"a"}))
    await method.watch(connection, subscription_filter({"a", "b"}))
    assert connection.asked == [("blockSubscribe", "all")]
    await method.watch(connection, subscription_filter({"a"}, version=2))
    assert connection.methods() == ["blockSubscribe", "blockSubscribe", "blockUnsubscribe"]


async def test_blocks_are_left_while_there_is_nobody_to_read_them_for() -> None:
    connection, method = Recorder(), BlockSubscribe("confirmed")
    await method.watch(connection, subscription_filter(()))
    assert (connection.asked, method.stands) == ([], False)
    await method.watch(connection, subscription_filter({"a"}))
    assert method.stands
    await method.watch(connection, subscription_filter(()))
    assert connection.methods() == ["blockSubscribe", "blockUnsubscribe"]
    assert not method.stands


async def test_token_accounts_are_subscribed_to_beside_the_wallets_and_left_with_them() -> None:
    connection, method = Recorder(), LogsSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a", "b"}, "of a", "of b"))
    assert connection.named() == ["a", "b", "of a", "of b"]
    await method.watch(connection, subscription_filter({"b"}, "of b"))
    assert connection.stand() == 2
    assert method.left_out == 0


async def test_more_than_is_to_be_asked_for_is_left_out_and_wallets_go_first() -> None:
    connection, method = Recorder(), LogsSubscribe("confirmed", most=3)
    await method.watch(connection, subscription_filter({"a"}, "1", "2", "3"))
    assert connection.named() == ["a", "1", "2"]
    assert method.left_out == 1
    await method.watch(connection, subscription_filter({"a", "b"}, "1", "2", "3"))
    assert connection.named()[-1] == "b"
    assert (connection.stand(), method.left_out) == (3, 2)


async def test_what_the_node_takes_is_found_out_and_kept_to() -> None:
    connection, method = Recorder(takes=4), LogsSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a", "b"}, "1", "2", "3", "4"))
    assert (connection.stand(), method.left_out) == (4, 2)
    await method.watch(connection, subscription_filter({"a", "b", "c"}, "1", "2", "3", "4"))
    assert "c" in connection.named()
    assert (connection.stand(), method.left_out) == (4, 3)


async def test_one_address_that_is_refused_costs_no_other() -> None:
    connection, method = Recorder(refuses="bad"), LogsSubscribe("confirmed")
    await method.watch(connection, subscription_filter({"a", "bad", "c"}))
    assert connection.named() == ["a", "c"]
    await method.watch(connection, subscription_filter({"a", "bad", "c", "d"}))
    assert connection.named() == ["a", "c", "d"]
