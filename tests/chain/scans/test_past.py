"""The past of a token: who made it, who got it first, and what lies beyond a few pages."""

from typing import Any

import msgspec
import pytest

from chain.scans.past import read_past
from chain.scans.transactions import PAGE
from domain.security.checks import NotRead, Source
from domain.security.facts import Creation, EarlierScans
from domain.security.market import Market, Trade
from domain.security.mints import TokenAge
from domain.sentences import sentence
from tests.chain import samples
from tests.chain.scans.made_mint import BUYER, CREATED, CREATOR, FACTS, MADE, MINT, OWN, named
from tests.chain.scans.tables import REFUSED, TableNode


def node(**answers: Any) -> TableNode:
    known = {"getSignaturesForAddress": named(), "getTransaction": MADE, "getTokenAccountsByOwner": OWN}
    return TableNode({}, known | answers)


async def test_the_first_transaction_says_who_made_it_and_who_got_it() -> None:
    past = await read_past(node(), FACTS)
    assert past.creation == Creation(
        source=past.source,
        creator=CREATOR,
        age=TokenAge(created_at=CREATED, is_exact=True),
        creator_raw=200,
        creator_received=600,
        frozen_accounts=1,
        insider_raw=300,
        launch=Market(mint=MINT, trades=(), payments=(), first_slot=MADE["slot"]),
    )
    assert past.source.slot == 9


async def test_beyond_a_few_pages_only_a_least_age_is_known() -> None:
    asked = node(getSignaturesForAddress=named(PAGE))
    past = await read_past(asked, FACTS)
    assert isinstance(past.creation, Creation)
    assert past.creation.creator is None
    assert past.creation.age == TokenAge(created_at=CREATED, is_exact=False)
    assert asked.asked.count("getSignaturesForAddress") == 3  # two of the mint, one of its metadata


async def test_a_first_transaction_that_makes_nothing_is_not_the_creation() -> None:
    other = samples.transaction({CREATOR: (10**9, 9 * 10**8), MINT: (5, 5)})
    past = await read_past(node(getTransaction=other), FACTS)
    assert isinstance(past.creation, Creation)
    assert past.creation.creator is None
    assert isinstance(past.market, NotRead)
    assert str(past.market.reason) == "no trade is among the 1 transaction read"


async def test_a_creation_that_is_known_is_not_looked_for_again() -> None:
    trade = Trade(at=1, slot=7, trader=BUYER, is_buy=True, lamports=5, tokens=5)
    known = Creation(
        source=Source(name="earlier"),
        creator=CREATOR,
        creator_received=600,
        launch=Market(mint=MINT, trades=(trade,), payments=(), first_slot=7),
    )
    facts = msgspec.structs.replace(FACTS, earlier=EarlierScans(creation=known))
    asked = node(getSignaturesForAddress=named(PAGE), getTransaction=MADE)
    past = await read_past(asked, facts)
    assert isinstance(past.creation, Creation)
    assert (past.creation.creator, past.creation.creator_raw) == (CREATOR, 200)
    assert asked.asked.count("getSignaturesForAddress") == 1
    assert past.market == known.launch  # the launch stays known, so that its checks stay decided


@pytest.mark.parametrize("answer", [{"nonsense": 1}, "text", [{"signature": 5}]])
async def test_an_unreadable_list_leaves_the_past_unknown(answer: Any) -> None:
    past = await read_past(node(getSignaturesForAddress=answer), FACTS)
    assert past.creation == past.market == NotRead(reason=sentence("the node sent something unreadable"))


async def test_a_node_that_refuses_leaves_the_past_unknown() -> None:
    past = await read_past(TableNode({}), FACTS)
    assert past.creation == past.market == NotRead(reason=sentence(REFUSED))
