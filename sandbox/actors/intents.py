"""What an actor wants to do next: values which a habit decides on and the desk carries out."""

from dataclasses import dataclass

from solders.pubkey import Pubkey

from sandbox.actors.market.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """Give SOL to the token's pool for tokens."""

    token: Token
    lamports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sell:
    """Give tokens to their pool for SOL."""

    token: Token
    amount: int
    """Raw units."""
    close_account: bool = False
    """Close the token account afterwards; only for one who sells all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Give one token and take another, through both pools in one transaction."""

    token_in: Token
    token_out: Token
    amount: int
    """Raw units of `token_in`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSol:
    """Give plain SOL away."""

    to: Pubkey
    lamports: int
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendToken:
    """Give tokens away."""

    to: Pubkey
    """The wallet of who gets them."""
    token: Token
    amount: int
    """Raw units leaving; a transfer fee is kept out of them."""
    unchecked: bool = False
    """By the old Transfer into an existing account: no instruction names the owner or the mint."""
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversell:
    """Try to sell more than there is: it lands in a block and fails there."""

    token: Token
    amount: int
    """Raw units by which the balance is exceeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSolToMany:
    """Give the same few lamports to many at once."""

    to: tuple[Pubkey, ...]
    lamports: int
    memo: str = ""


Trade = Buy | Sell | Swap | Oversell
Intent = Trade | SendSol | SendToken | SendSolToMany
