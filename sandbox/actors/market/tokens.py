"""The tokens of the local chain and the pools they are traded in."""

from dataclasses import dataclass
from functools import lru_cache

from solders.pubkey import Pubkey
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, WRAPPED_SOL_MINT

from domain.activity.activity import SOL, Leg
from sandbox.actors.market.pools import withheld

LAMPORTS = 1_000_000_000
"""Lamports in one SOL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A market maker for one token against SOL, which signs each trade besides the trader."""

    authority: Pubkey
    """Owns the vaults."""
    vault: Pubkey
    """The token account of the pool's tokens."""
    sol_vault: Pubkey | None
    """The wrapped-SOL account of the pool; None: the authority itself holds its SOL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token of the local chain."""

    symbol: str
    """As on chain; may be hostile text."""
    name: str
    """As on chain; may be hostile text."""
    mint: Pubkey
    decimals: int
    program: Pubkey
    """SPL Token or Token-2022."""
    quote: bool
    """Whether prices are quoted in it, as in a dollar."""
    fee_bps: int
    """Transfer fee in hundredths of a per cent; 0: none."""
    max_fee: int
    """The highest fee of one transfer, in raw units."""
    pool: Pool

    @property
    def is_2022(self) -> bool:
        """Whether it belongs to Token-2022."""
        return self.program == TOKEN_2022_PROGRAM_ID

    def arriving(self, amount: int) -> int:
        """Return what arrives if `amount` raw units are sent."""
        return amount - withheld(amount, self.fee_bps, self.max_fee)

    def leg(self, amount: int) -> Leg:
        """`amount` raw units of this token."""
        return Leg(mint=str(self.mint), raw=amount, decimals=self.decimals)

    def account_of(self, owner: Pubkey) -> Pubkey:
        """The associated token account of `owner`, whether it exists or not."""
        return associated(owner, self.mint, self.program)


def sol_leg(lamports: int) -> Leg:
    """`lamports` of SOL."""
    return Leg(mint=SOL, raw=lamports, decimals=9)


@lru_cache(maxsize=8192)
def associated(owner: Pubkey, mint: Pubkey, program: Pubkey) -> Pubkey:
    """The associated token account of an owner, whether it exists or not.

    Args:
        owner: a wallet, or the authority of a pool.
        mint: of the token.
        program: the token program that owns the mint; the address depends on it.
    """
    seeds = [bytes(owner), bytes(program), bytes(mint)]
    return Pubkey.find_program_address(seeds, ASSOCIATED_TOKEN_PROGRAM_ID)[0]


__all__ = ["LAMPORTS", "WRAPPED_SOL_MINT", "Pool", "Token", "associated", "sol_leg"]
