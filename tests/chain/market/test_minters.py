"""Which program mints a token is derived from the pool's address, and compared with real mints elsewhere."""

import pytest
from msgspec import structs
from solders.keypair import Keypair

from chain.market.minters import (
    bridge,
    is_wrapped,
    may_be_wrapped,
    minter_of,
    stake_pool_of,
    staked_tokens,
    wrapped_meta_of,
)
from chain.rpc.accounts import Account
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, MinterKind, MintFacts
from domain.tokens.well_known import PINNED
from tests.chain.scans.tables import account

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


WETH = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
WETH_ON_ETHEREUM = bytes.fromhex("c02aaa39b223fe8d0a0e5c4f27ead9083c756cc2").rjust(32, b"\0")
NOTE = (2).to_bytes(2, "little") + WETH_ON_ETHEREUM + b"\x12"
WORMHOLE = "wormDTUJ6AWPNvk59vGQbDvGJmqbDTdgWgAqcLBCgUb"


def note(data: bytes, owner: str = WORMHOLE) -> Account:
    return account(wrapped_meta_of(WETH), data, owner)


def test_a_mint_of_the_bridge_lies_where_what_it_wraps_says() -> None:
    assert is_wrapped(WETH, note(NOTE))


@pytest.mark.parametrize(
    ("mint", "noted"),
    [
        (MINTS["BONK"], note(NOTE)),
        (WETH, note(NOTE, TOKEN_PROGRAM)),
        (WETH, note(NOTE[:20])),
        (WETH, note(b"\3" + NOTE[1:])),
    ],
)
def test_a_mint_that_was_handed_over_to_the_bridge_is_none_of_its_own(mint: str, noted: Account) -> None:
    assert not is_wrapped(mint, noted)


def test_where_the_note_is_not_known_nobody_else_may_have_power() -> None:
    signer = bridge().authority
    mint = MintFacts(
        address=WETH,
        program=TOKEN_PROGRAM,
        decimals=8,
        supply=5,
        mint_authority=signer,
        freeze_authority=None,
    )
    assert may_be_wrapped(mint)
    assert not may_be_wrapped(structs.replace(mint, freeze_authority=MINTS["BONK"]))
    assert not may_be_wrapped(structs.replace(mint, program=TOKEN_2022_PROGRAM))
    assert not may_be_wrapped(structs.replace(mint, address=str(Keypair().pubkey())))
