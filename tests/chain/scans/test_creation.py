"""Who made a token and who got it first, by every way that reaches so far back."""

from typing import Any

import base58

from chain.rpc.mints import metadata_address
from chain.scans.creation import read_beginning, read_creation
from chain.scans.transactions import PAGE, ListedTransactions, listed_transactions
from domain.security.checks import Source
from domain.security.facts import Creation
from domain.security.mints import TokenAge
from tests.chain import samples
from tests.chain.scans.made_mint import CREATED, CREATOR, FACTS, MADE, MINT, OWN, named
from tests.chain.scans.tables import TableNode

MANY = named(PAGE)
BUYER = samples.address("buyer")
BOUGHT = samples.transaction(
    {BUYER: (10**9, 5 * 10**8), MINT: (1, 1), "b": (0, 1)},
    tokens=((), (samples.token_balance("b", BUYER, MINT, 300),)),
)
BOUGHT["transaction"]["signatures"] = [base58.b58encode(bytes([8]) * 64).decode()]


async def beginning(node: TableNode) -> Any:
    listed = await listed_transactions(node, MINT, pages=1)
    return await read_beginning(node, FACTS, listed)


async def test_whoever_makes_many_transactions_of_a_mint_does_not_hide_its_creator() -> None:
    """The account of its metadata is made with it, and few mention that."""

    def lists(params: list[Any]) -> list[dict[str, Any]]:
        return named() if params[0] == metadata_address(MINT) else MANY

    block = {"parentSlot": 7, "blockhash": "b", "blockTime": CREATED, "transactions": [MADE, BOUGHT]}
    answers = {"getTransaction": MADE, "getBlock": block, "getTokenAccountsByOwner": OWN}
    node = TableNode({}, {"getSignaturesForAddress": lists} | answers)
    found = await beginning(node)
    assert [one.payer for one in found.transactions][:2] == [CREATOR, BUYER]
    assert not found.is_spread_seen
    listed = ListedTransactions(named=(), is_whole=False)
    creation = await read_creation(node, FACTS, listed, found, Source(name="test"))
    assert isinstance(creation, Creation)
    assert (creation.creator, creation.creator_received, creation.insider_raw) == (CREATOR, 600, None)
    assert creation.age == TokenAge(created_at=MADE["blockTime"], is_exact=True)
    assert creation.launch is not None
    assert creation.launch.first_slot == MADE["slot"]


async def test_metadata_that_were_made_later_prove_nothing() -> None:
    later = samples.transaction({CREATOR: (10**9, 9 * 10**8), MINT: (5, 5)})

    def lists(params: list[Any]) -> list[dict[str, Any]]:
        return named() if params[0] == metadata_address(MINT) else MANY

    found = await beginning(TableNode({}, {"getSignaturesForAddress": lists, "getTransaction": later}))
    assert found.transactions == ()


async def test_a_node_that_lists_the_oldest_first_needs_one_question() -> None:
    node = TableNode(
        {}, {"getSignaturesForAddress": MANY, "getTransactionsForAddress": {"data": [MADE, BOUGHT]}}
    )
    found = await beginning(node)
    assert [one.payer for one in found.transactions] == [CREATOR, BUYER]
    assert found.is_spread_seen
    assert node.asked == ["getSignaturesForAddress", "getTransactionsForAddress"]


async def test_a_short_list_needs_no_other_way() -> None:
    node = TableNode({}, {"getSignaturesForAddress": named(), "getTransaction": MADE})
    found = await beginning(node)
    assert found.made(MINT) is not None
    assert node.asked == ["getSignaturesForAddress", "getTransaction"]
