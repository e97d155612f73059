"""Which program mints a token is derived from the pool's address, and compared with real mints elsewhere."""

from chain.market.minters import bridge, minter_of, stake_pool_of, staked_tokens
from domain.security.mints import MinterKind
from domain.tokens.well_known import PINNED

MINTS = {token.symbol: mint for mint, token in PINNED.items()}
AUTHORITIES = {
    "JitoSOL": "6iQKfEyhr3bZMotVkW6beNZz5CPAkiwvgV2CTje9pVSS",
    "jupSOL": "EMjuABxELpYWYEwjkKmQKBNCwdaFAy4QYAs6W9bDQDNw",
    "mSOL": "3JLPCS1qM2zRw3Dp6V4hZnYHd4toMNPkNesXdX9tg6KM",
}
"""As the mints' own accounts say them."""


def test_the_authority_of_a_staked_token_follows_from_its_pool() -> None:
    for symbol, authority in AUTHORITIES.items():
        minter = minter_of(MINTS[symbol])
        assert minter is not None
        assert (minter.kind, minter.authority) == (MinterKind.STAKE_POOL, authority)


def test_every_staked_token_of_the_list_has_an_authority_of_its_own() -> None:
    minters = [minter_of(mint) for mint in staked_tokens()]
    assert len({minter.authority for minter in minters if minter}) == len(minters) > 200


def test_an_ordinary_token_has_no_such_program() -> None:
    assert minter_of(MINTS["BONK"]) is None
    assert stake_pool_of(MINTS["BONK"]) is None
    assert stake_pool_of(MINTS["bSOL"]) == "stk9ApL5HeVAwPLr3TLhDXdZS8ptVu7zp6ov8HFDuMi"


def test_wormhole_signs_with_one_authority() -> None:
    assert bridge().authority == "BCD75RNBHrJJpW4dXVagL5mPjzRLnVZq4YirJdjEYMV7"
