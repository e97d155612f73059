"""Mint authorities that belong to a program: of stake pools, Marinade, Lido, Infinity, Wormhole. Pure.

Nobody has the key of such an authority: only its program can sign, and mints against what is put in.
Which pool belongs to which mint is shipped (`staked_tokens.tsv`); that the mint obeys it is derived from the
pool's address and compared with the mint account, so that a name proves nothing.

Sources: SPL stake pool, `find_withdraw_authority_program_address`; Marinade, `MSOL_MINT_AUTHORITY_SEED`
(`st_mint`); ChorusOne/solido, `MINT_AUTHORITY`; igneous-labs/S, `pool_state`; Wormhole's token bridge,
`SEED_PREFIX_MINT_SIGNER`.
"""

from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from solders.pubkey import Pubkey

from chain.parsing.accounts import AccountData
from domain.security.mints import TOKEN_PROGRAM, Minter, MinterKind, MintFacts

_LIST = Path(__file__).with_name("staked_tokens.tsv")
_STAKE_POOL_PROGRAMS = {
    "Spl": "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy",
    "SanctumSpl": "SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY",
    "SanctumSplMulti": "SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn",
}
_WORMHOLE = "wormDTUJ6AWPNvk59vGQbDvGJmqbDTdgWgAqcLBCgUb"


class _Origin(Struct, frozen=True):
    """From what an authority is derived."""

    kind: MinterKind
    program: str
    account: str | None
    """The pool or state whose address is the first seed; None: there is none."""
    seed: bytes
    name: str


_OTHERS = {
    "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So": _Origin(
        MinterKind.STAKE_POOL,
        "MarBmsSgKXdrN1egZf5sqe1TMai9K1rChYNDJgjq7aD",
        "8szGkuLTAux9XMgZ2vtY39jVSowEcpBfFfD8hXSEqdGC",
        b"st_mint",
        "Marinade",
    ),
    "7dHbWXmci3dT8UFYWYZweBLXgycu7Y3iL6trKn1Y7ARj": _Origin(
        MinterKind.STAKE_POOL,
        "CrX7kMhLC3cSsXJdT7JDgqrRVWGnUpX3gfEfxxU2NVLi",
        "49Yi1TKkNyYjPAFdR9LBvoHcUjuPX4Df5T5yv39w2XTn",
        b"mint_authority",
        "Lido",
    ),
    "5oVNBeEEQvYi1cX3ir8Dx5n1P7pdxydbGF2X4TxVusJm": _Origin(
        MinterKind.STAKE_POOL,
        "5ocnV1qiCgaQR8Jb8xWnVbApfaygJ8tNoZfgPwsgx9kx",
        None,
        b"state",
        "Sanctum Infinity",
    ),
}


@lru_cache(maxsize=1)
def _origins() -> dict[str, _Origin]:
    """By mint, each staked token with its pool."""
    rows = (
        line.split("\t")
        for line in _LIST.read_text(encoding="ascii").splitlines()
        if not line.startswith("#")
    )
    pools = {
        mint: _Origin(MinterKind.STAKE_POOL, _STAKE_POOL_PROGRAMS[kind], pool, b"withdraw", "stake pool")
        for mint, kind, pool in rows
    }
    return pools | _OTHERS


def staked_tokens() -> frozenset[str]:
    """The mints of all liquid-staking tokens that are known."""
    return frozenset(_origins())


def stake_pool_of(mint: str) -> str | None:
    """The account of the pool that issues a liquid-staking token; None: no such token, or it has none."""
    origin = _origins().get(mint)
    return None if origin is None else origin.account


def minter_of(mint: str) -> Minter | None:
    """The program that alone may mint this liquid-staking token; None: the mint is none that is known."""
    origin = _origins().get(mint)
    return None if origin is None else _minter(origin)


@lru_cache(maxsize=512)
def _minter(origin: _Origin) -> Minter:
    return Minter(
        kind=origin.kind,
        name=origin.name,
        authority=_derived(origin),
        account=origin.account or origin.program,
    )


def _derived(origin: _Origin) -> str:
    seeds = (
        [origin.seed] if origin.account is None else [bytes(Pubkey.from_string(origin.account)), origin.seed]
    )
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(origin.program))[0])


@lru_cache(maxsize=1)
def bridge() -> Minter:
    """The signer by which Wormhole's token bridge mints everything that it wraps."""
    return _minter(_Origin(MinterKind.BRIDGE, _WORMHOLE, None, b"mint_signer", "Wormhole"))


_META_BYTES = 35
"""Chain (u16), address there, decimals."""


def wrapped_meta_of(mint: str) -> str:
    """Return where Wormhole's token bridge notes what it wrapped as this mint."""
    seeds = [b"meta", bytes(Pubkey.from_string(mint))]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(_WORMHOLE))[0])


def is_wrapped(mint: str, note: AccountData) -> bool:
    """Return whether the bridge itself made this mint, by the note at `wrapped_meta_of`.

    Anybody may hand their own mint over to the bridge, once they have made enough for themselves. A mint of
    the bridge lies at an address that follows from what it wraps.
    """
    if note.owner != _WORMHOLE or len(note.data) < _META_BYTES:
        return False
    chain = int.from_bytes(note.data[:2], "little").to_bytes(2, "big")
    seeds = [b"wrapped", chain, note.data[2:34]]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(_WORMHOLE))[0]) == mint


def may_be_wrapped(mint: MintFacts) -> bool:
    """Return whether nothing speaks against it where the note is not known: only the bridge has power."""
    is_derived = not Pubkey.from_string(mint.address).is_on_curve()
    return (
        is_derived and mint.program == TOKEN_PROGRAM and mint.freeze_authority in {None, mint.mint_authority}
    )
