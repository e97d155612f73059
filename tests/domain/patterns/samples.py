"""Sightings for tests, in as few words as possible."""

from collections.abc import Sequence

from domain.patterns.sightings import Action, Sighting

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
NOW = 1_790_000_000.0


def bought(wallet: str, minute: float, mint: str = "WIF", usd: float | None = 500.0) -> Sighting:
    """A purchase so many minutes after `NOW`."""
    return Sighting(wallet, NOW + minute * MINUTE, Action.BUY, mint, usd, before=0, after=1_000)


def sold(wallet: str, minute: float, before: int, after: int | None, mint: str = "WIF") -> Sighting:
    """A sale."""
    return Sighting(wallet, NOW + minute * MINUTE, Action.SELL, mint, 500.0, before=before, after=after)


def paid(payer: str, wallet: str, minute: float = -DAY / MINUTE, sol: float = 2.0) -> Sighting:
    """SOL that came to a wallet."""
    at = NOW + minute * MINUTE
    lamports = int(sol * 1e9)
    return Sighting(wallet, at, Action.GOT, "SOL", party=payer, lamports=lamports, by_itself=False)


def sent(wallet: str, to: str, minute: float, usd: float, book: float | None = 10_000.0) -> Sighting:
    """SOL that went out."""
    at = NOW + minute * MINUTE
    return Sighting(wallet, at, Action.SENT, "SOL", usd, party=to, lamports=10**9, book=book)


def apart(wallets: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Each wallet as an owner of its own."""
    return {wallet: (wallet, None) for wallet in wallets}
