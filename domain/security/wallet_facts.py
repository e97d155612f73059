"""What is gathered about a wallet, before anything is concluded from it. Pure values.

Checks: `wallets.py`. Each part that could not be read is `NotRead`, with the reason.
"""

import msgspec

from domain.activity.activity import Activity
from domain.activity.amounts import Holding
from domain.security.checks import NotRead, Source


class TokenAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A token account of a wallet, and who else has power over it."""

    address: str
    holding: Holding
    delegate: str | None = None
    """Who may move some of it."""
    delegated: int = 0
    """How much, in the smallest unit."""
    close_authority: str | None = None
    """Who may close it and take its rent; None: the wallet."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """When transactions mentioned the wallet, newest first, as far as a node listed them."""

    times: tuple[int, ...]
    """Unix seconds."""
    is_complete: bool
    """The list reaches back to the first transaction."""
    source: Source


class WalletAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The account at the wallet's address."""

    owner: str | None
    """The program that owns it; None: there is no account yet."""
    is_program: bool = False
    has_data: bool = False
    source: Source


class WalletFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was gathered about a wallet."""

    address: str
    account: WalletAccount | NotRead
    history: History | NotRead
    token_accounts: tuple[TokenAccount, ...] | NotRead
    activities: tuple[Activity, ...] | NotRead
    """What it did in its latest transactions, newest first."""
    now: int
    """Unix seconds of the scan."""
    activities_complete: bool = False
    """They are all that the wallet ever did."""
    source: Source
