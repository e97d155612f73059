"""The latest trades: whole where a node lists them so, else some, within what is left to ask."""

from typing import Any

from chain.scans.trades import TradesToRead, read_market
from chain.scans.transactions import ListedTransactions, NamedTransaction
from domain.security.checks import NotRead
from domain.security.market import Market
from domain.sentences import sentence
from tests.chain import samples
from tests.chain.scans.tables import TableNode

MINT, BUYER = samples.address("mint"), samples.address("buyer")
BOUGHT = samples.transaction(
    {BUYER: (10**9, 5 * 10**8), "b": (samples.RENT, samples.RENT), "p": (5, 5 * 10**8)},
    tokens=(
        (samples.token_balance("b", BUYER, MINT, 0), samples.token_balance("p", "pool", MINT, 500)),
        (samples.token_balance("b", BUYER, MINT, 300), samples.token_balance("p", "pool", MINT, 200)),
    ),
)
LISTED = ListedTransactions(
    named=tuple(NamedTransaction(signature=f"s{at}", slot=9) for at in range(40)), is_whole=True
)
WANTED = TradesToRead(mint=MINT, chain="solana", listed=LISTED)


class Limited(TableNode):
    """May be asked so much and no longer."""

    @property
    def left(self) -> int:
        return 18 - len(self.asked)


async def test_a_page_of_whole_transactions_is_one_question() -> None:
    node = Limited({}, {"getTransactionsForAddress": {"data": [BOUGHT]}})
    market = await read_market(node, WANTED)
    assert isinstance(market, Market)
    assert [trade.trader for trade in market.trades] == [BUYER]
    assert node.asked == ["getTransactionsForAddress"]


async def test_without_traders_who_look_alike_all_that_is_left_reads_trades() -> None:
    node = Limited({}, {"getTransaction": BOUGHT})
    assert isinstance(await read_market(node, WANTED), Market)
    assert (node.asked.count("getTransaction"), node.left) == (17, 0)


async def test_what_was_read_already_is_not_read_again() -> None:
    known = frozenset(one.signature for one in LISTED.named)
    node = Limited({}, {"getTransaction": BOUGHT})
    found = await read_market(node, TradesToRead(mint=MINT, chain="solana", listed=LISTED, read=known))
    assert found == NotRead(reason=sentence("its transactions could not be read"))
    assert node.asked == []


async def test_without_transactions_it_has_no_market() -> None:
    empty = ListedTransactions(named=(), is_whole=True)
    found: Any = await read_market(TableNode({}), TradesToRead(mint=MINT, chain="solana", listed=empty))
    assert found == NotRead(reason=sentence("it has no transactions"))
