"""A mint, the transaction that made it, and those who got it first."""

from typing import Any

from domain.security.checks import Source
from domain.security.facts import Holder, Holders, OwnerKind, TokenFacts
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from tests.chain import samples

MINT, CREATOR, FRIEND, BUYER = (samples.address(name) for name in ("mint", "creator", "friend", "buyer"))
CREATED = 1_700_000_000
HOLDERS = Holders(
    top=(
        Holder(owner=FRIEND, raw=300, kind=OwnerKind.WALLET, is_frozen=True),
        Holder(owner=CREATOR, raw=200, kind=OwnerKind.WALLET),
    ),
    supply=1_000,
    source=Source(name="test"),
)
FACTS = TokenFacts(
    subject=MINT,
    chain="solana",
    mint=MintFacts(
        address=MINT,
        program=TOKEN_PROGRAM,
        decimals=6,
        supply=1_000,
        mint_authority=None,
        freeze_authority=None,
    ),
    mint_source=Source(name="test"),
    holders=HOLDERS,
    now=CREATED + 90,
)
MADE = samples.transaction(
    {CREATOR: (10**9, 9 * 10**8), MINT: (0, 1_461_600), "a": (0, 1), "b": (0, 1)},
    tokens=(
        (),
        (
            samples.token_balance("a", CREATOR, MINT, 600),
            samples.token_balance("b", FRIEND, MINT, 400),
        ),
    ),
)
OWN = {"value": [{"account": {"data": {"parsed": {"info": {"tokenAmount": {"amount": "200"}}}}}}]}


def named(number: int = 1) -> list[dict[str, Any]]:
    return [{"signature": f"s{at}", "slot": 9, "blockTime": CREATED, "err": None} for at in range(number)]
