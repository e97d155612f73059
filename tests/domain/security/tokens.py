"""A clean token of which everything is known but its trades, and changes of it, for tests of scans."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from domain.security.checks import Source
from domain.security.facts import (
    Creation,
    Holder,
    Holders,
    Liquidity,
    LiquidityShares,
    OwnerKind,
    Pool,
    TokenFacts,
)
from domain.security.market import Market, Payment, Trade
from domain.security.mints import TOKEN_PROGRAM, Metadata, Minter, MinterKind, MintFacts, TokenAge
from domain.security.scan import Scan, scan_token

SUPPLY = 10**15
SOURCE = Source(name="test", slot=9)
NOW = 1_800_000_000
CLEAN = MintFacts(
    address="m",
    program=TOKEN_PROGRAM,
    decimals=6,
    supply=SUPPLY,
    mint_authority=None,
    freeze_authority=None,
)
PAIR = Pool(
    address="p",
    venue="PumpSwap",
    quote="SOL",
    dollars=Decimal(412_000),
    shares=LiquidityShares(burned=Fraction(1)),
)
"""A pool with $412,000 whose shares were burned."""
KNOWN = TokenFacts(
    subject="m",
    chain="solana",
    mint=CLEAN,
    mint_source=SOURCE,
    metadata=Metadata(
        name="cat in mittens", symbol="MITTEN", uri=None, update_authority=None, is_mutable=False, mint="m"
    ),
    holders=Holders(
        top=tuple(
            Holder(owner=f"w{at}", raw=SUPPLY // (90 + 10 * at), kind=OwnerKind.WALLET) for at in range(12)
        ),
        supply=SUPPLY,
        source=SOURCE,
    ),
    liquidity=Liquidity(
        pools=(PAIR,),
        source=SOURCE,
    ),
    creation=Creation(
        source=SOURCE,
        creator="c",
        age=TokenAge(created_at=NOW - 90 * 86_400, is_exact=True),
        creator_raw=10**9,
        creator_received=10**9,
        insider_raw=0,
        common_funder_raw=0,
        frozen_accounts=0,
    ),
    now=NOW,
)
"""Nothing speaks against it, but nobody has checked its trades."""
TRADED = Market(
    mint="m",
    trades=tuple(
        Trade(at=at, slot=1_000 * at, trader=f"t{at}", is_buy=True, lamports=1_000, tokens=1_000)
        for at in range(1, 31)
    ),
    payments=tuple(
        Payment(at=1, slot=1, payer=f"friend of t{at}", payee=f"t{at}", lamports=5 * at)
        for at in range(1, 31)
    ),
    first_slot=9,
)
"""Its trades, seen from the first on: there is nothing in them."""
POOL = Minter(kind=MinterKind.STAKE_POOL, name="stake pool", authority="withdraw", account="pool")
BRIDGE = Minter(kind=MinterKind.BRIDGE, name="Wormhole", authority="signer", account="bridge")


def scanned(**changes: object) -> Scan:
    return scan_token(msgspec.structs.replace(KNOWN, **changes))


def of_mint(**changes: object) -> Scan:
    return scanned(mint=msgspec.structs.replace(CLEAN, **changes))
