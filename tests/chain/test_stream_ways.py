"""What is asked of a node when the set of wallets changes: the new before the old is left."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from chain.rpc_errors import Rejected
from chain.stream_ways import ADDRESSES, LogsWay, TransactionsWay


class Recorder:
    """Stands where a `Line` stands and writes down what it is asked."""

    name = "node"

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[tuple[str, Any]] = []
        self._refuses = refuses

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        if method == self._refuses:
            raise Rejected("no", provider=self.name, code=-32602)
        self.asked.append((method, params[0]))
        return msgspec.Raw(str(len(self.asked)).encode())

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]


async def test_the_new_set_is_subscribed_to_before_the_old_one_is_left() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, frozenset({"a"}))
    await way.watch(line, frozenset({"a", "b"}))
    assert line.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]
    assert line.asked[1][1]["accountInclude"] == ["a", "b"]
    assert line.asked[2][1] == 1


async def test_nobody_is_never_everybody() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, frozenset())
    assert line.asked == []
    await way.watch(line, frozenset({"a"}))
    await way.watch(line, frozenset())
    assert line.methods() == ["transactionSubscribe", "transactionUnsubscribe"]


async def test_a_large_set_is_split() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, frozenset(f"wallet-{number}" for number in range(ADDRESSES + 1)))
    assert [len(asked["accountInclude"]) for _, asked in line.asked] == [ADDRESSES, 1]


async def test_only_wallets_that_came_or_went_are_told_of_where_each_has_its_own() -> None:
    line, way = Recorder(), LogsWay("confirmed")
    await way.watch(line, frozenset({"a", "b"}))
    await way.watch(line, frozenset({"b", "c"}))
    assert line.asked == [
        ("logsSubscribe", {"mentions": ["a"]}),
        ("logsSubscribe", {"mentions": ["b"]}),
        ("logsSubscribe", {"mentions": ["c"]}),
        ("logsUnsubscribe", 1),
    ]


async def test_a_node_that_has_left_a_subscription_already_is_no_trouble() -> None:
    line, way = Recorder(refuses="transactionUnsubscribe"), TransactionsWay("confirmed")
    await way.watch(line, frozenset({"a"}))
    await way.watch(line, frozenset({"b"}))
    assert line.methods() == ["transactionSubscribe", "transactionSubscribe"]


@pytest.mark.parametrize("way", [TransactionsWay("confirmed"), LogsWay("confirmed")])
async def test_a_refused_subscription_is_told(way: TransactionsWay | LogsWay) -> None:
    method = "transactionSubscribe" if isinstance(way, TransactionsWay) else "logsSubscribe"
    with pytest.raises(Rejected):
        await way.watch(Recorder(refuses=method), frozenset({"a"}))
