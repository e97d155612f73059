"""What an actor wants to do next: a strategy decides on an intent, and the trader executes it."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from sandbox.actors.market.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """Buy tokens from their pool for SOL."""

    token: Token
    lamports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sell:
    """Sell tokens to their pool for SOL."""

    token: Token
    amount: int
    """Raw units."""
    close_account: bool = False
    """Close the token account afterwards; only if all is sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Swap one token for another, through both pools in one transaction."""

    token_in: Token
    token_out: Token
    amount: int
    """Raw units of `token_in`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSol:
    """Send SOL."""

    to: Pubkey
    lamports: int
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendToken:
    """Send tokens."""

    to: Pubkey
    """The recipient's wallet."""
    token: Token
    amount: int
    """Raw units that are sent; a transfer fee is withheld from them."""
    unchecked: bool = False
    """Use the old Transfer into an existing account: no instruction names the owner or the mint."""
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversell:
    """Try to sell more than is owned: it lands and fails."""

    token: Token
    amount: int
    """Raw units by which the balance is exceeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSolToMany:
    """Send the same amount of SOL to many wallets at once."""

    to: tuple[Pubkey, ...]
    lamports: int
    memo: str = ""


Trade = Buy | Sell | Swap | Oversell
Intent = Trade | SendSol | SendToken | SendSolToMany
