"""Who has power over a token by design: by list, or because the mint obeys a program."""

import msgspec

from domain.security.issuers import LISTED, is_minted_by, issuer_of
from domain.tokens.well_known import PINNED
from tests.domain.security.tokens import BRIDGE, CLEAN, KNOWN, POOL


def test_each_listed_issuer_names_its_source() -> None:
    assert all(str(issuer.source) and str(issuer.kind) for issuer in LISTED.values())


def test_pinned_stablecoins_are_listed() -> None:
    symbols = {token.symbol for mint, token in PINNED.items() if mint in LISTED}
    assert {"USDC", "USDT", "PYUSD", "USDS"} <= symbols


def test_a_program_counts_only_where_it_alone_mints() -> None:
    mint = msgspec.structs.replace(CLEAN, mint_authority="withdraw")
    assert is_minted_by(mint, POOL)
    assert not is_minted_by(mint, BRIDGE)
    facts = msgspec.structs.replace(KNOWN, mint=mint)
    issuer = issuer_of(msgspec.structs.replace(facts, minter=POOL))
    assert issuer is not None
    assert (str(issuer.kind), str(issuer.source)) == ("liquid-staking token", "derived from pool")
    assert issuer_of(msgspec.structs.replace(facts, minter=BRIDGE)) is None


def test_nobody_stands_behind_an_ordinary_token() -> None:
    assert issuer_of(KNOWN) is None
