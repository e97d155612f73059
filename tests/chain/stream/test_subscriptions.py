"""What is asked of a node when the set of wallets changes: the new before the old is left."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest

from chain.rpc.errors import Rejected
from chain.stream.subscriptions import ADDRESSES, BlocksWay, LogsWay, TransactionsWay, Wish


def wish(wallets: Iterable[str], *accounts: str, version: int = 1) -> Wish:
    return Wish(wallets=frozenset(wallets), accounts=accounts, version=version)


class Recorder:
    """Stands where a `Line` stands and writes down what it is asked."""

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
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, wish({"a"}))
    await way.watch(line, wish({"a", "b"}))
    assert line.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]
    assert line.asked[1][1]["accountInclude"] == ["a", "b"]
    assert line.asked[2][1] == 1


async def test_nobody_is_never_everybody() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, wish(()))
    assert line.asked == []
    await way.watch(line, wish({"a"}))
    await way.watch(line, wish(()))
    assert line.methods() == ["transactionSubscribe", "transactionUnsubscribe"]


async def test_a_large_set_is_split() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, wish(f"wallet-{number}" for number in range(ADDRESSES + 1)))
    assert [len(asked["accountInclude"]) for _, asked in line.asked] == [ADDRESSES, 1]


async def test_only_wallets_that_came_or_went_are_told_of_where_each_has_its_own() -> None:
    line, way = Recorder(), LogsWay("confirmed")
    await way.watch(line, wish({"a", "b"}))
    await way.watch(line, wish({"b", "c"}))
    assert line.asked == [
        ("logsSubscribe", {"mentions": ["a"]}),
        ("logsSubscribe", {"mentions": ["b"]}),
        ("logsUnsubscribe", 1),
        ("logsSubscribe", {"mentions": ["c"]}),
    ]


async def test_a_node_that_has_left_a_subscription_already_is_no_trouble() -> None:
    line, way = Recorder(refuses="transactionUnsubscribe"), TransactionsWay("confirmed")
    await way.watch(line, wish({"a"}))
    await way.watch(line, wish({"b"}))
    assert line.methods() == ["transactionSubscribe", "transactionSubscribe"]


@pytest.mark.parametrize("way", [TransactionsWay("confirmed"), LogsWay("confirmed")])
async def test_a_refused_subscription_is_told(way: TransactionsWay | LogsWay) -> None:
    method = "transactionSubscribe" if isinstance(way, TransactionsWay) else "logsSubscribe"
    with pytest.raises(Rejected):
        await way.watch(Recorder(refuses=method), wish({"a"}))


async def test_owners_of_token_accounts_are_asked_for_where_the_node_knows_how() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, wish({"a"}))
    assert line.asked[0][1]["tokenAccounts"] == "balanceChanged"
    plain, other = Recorder(refuses="balanceChanged"), TransactionsWay("confirmed")
    await other.watch(plain, wish({"a"}))
    assert "tokenAccounts" not in plain.asked[0][1]


async def test_a_newer_version_is_subscribed_to_and_other_wishes_change_nothing() -> None:
    line, way = Recorder(), TransactionsWay("confirmed")
    await way.watch(line, wish({"a"}))
    await way.watch(line, wish({"a"}, "token-account"))
    assert line.methods() == ["transactionSubscribe"]
    await way.watch(line, wish({"a"}, version=2))
    assert line.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]


async def test_blocks_are_subscribed_to_once_and_anew_for_a_newer_version() -> None:
    line, way = Recorder(), BlocksWay("processed")
    await way.watch(line, wish({"a"}))
    await way.watch(line, wish({"a", "b"}))
    assert line.asked == [("blockSubscribe", "all")]
    await way.watch(line, wish({"a"}, version=2))
    assert line.methods() == ["blockSubscribe", "blockSubscribe", "blockUnsubscribe"]


async def test_blocks_are_left_while_there_is_nobody_to_read_them_for() -> None:
    line, way = Recorder(), BlocksWay("confirmed")
    await way.watch(line, wish(()))
    assert (line.asked, way.stands) == ([], False)
    await way.watch(line, wish({"a"}))
    assert way.stands
    await way.watch(line, wish(()))
    assert line.methods() == ["blockSubscribe", "blockUnsubscribe"]
    assert not way.stands


async def test_token_accounts_are_subscribed_to_beside_the_wallets_and_left_with_them() -> None:
    line, way = Recorder(), LogsWay("confirmed")
    await way.watch(line, wish({"a", "b"}, "of a", "of b"))
    assert line.named() == ["a", "b", "of a", "of b"]
    await way.watch(line, wish({"b"}, "of b"))
    assert line.stand() == 2
    assert way.left_out == 0


async def test_more_than_is_to_be_asked_for_is_left_out_and_wallets_go_first() -> None:
    line, way = Recorder(), LogsWay("confirmed", most=3)
    await way.watch(line, wish({"a"}, "1", "2", "3"))
    assert line.named() == ["a", "1", "2"]
    assert way.left_out == 1
    await way.watch(line, wish({"a", "b"}, "1", "2", "3"))
    assert line.named()[-1] == "b"
    assert (line.stand(), way.left_out) == (3, 2)


async def test_what_the_node_takes_is_found_out_and_kept_to() -> None:
    line, way = Recorder(takes=4), LogsWay("confirmed")
    await way.watch(line, wish({"a", "b"}, "1", "2", "3", "4"))
    assert (line.stand(), way.left_out) == (4, 2)
    await way.watch(line, wish({"a", "b", "c"}, "1", "2", "3", "4"))
    assert "c" in line.named()
    assert (line.stand(), way.left_out) == (4, 3)


async def test_one_address_that_is_refused_costs_no_other() -> None:
    line, way = Recorder(refuses="bad"), LogsWay("confirmed")
    await way.watch(line, wish({"a", "bad", "c"}))
    assert line.named() == ["a", "c"]
    await way.watch(line, wish({"a", "bad", "c", "d"}))
    assert line.named() == ["a", "c", "d"]
