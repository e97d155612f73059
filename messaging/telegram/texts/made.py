"""What a wallet has made, in a few words: in SOL, or in dollars where it trades for them. Pure."""

from decimal import Decimal

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import as_decimal, short_number
from domain.positions.entries import USD_DECIMALS
from domain.positions.records import Record
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.market import percent, short_dollars


def won(record: Record, *, locale: Locale = ENGLISH) -> str:
    """`won 14 of 20 (70%)`; without a rate where there are too few."""
    if record.win_rate is None:
        return locale.gettext("won {wins} of {trips}", wins=record.wins, trips=record.trips)
    return locale.gettext(
        "won {wins} of {trips} ({percent})",
        wins=record.wins,
        trips=record.trips,
        percent=percent(record.win_rate, locale=locale),
    )


def lamports(amount: int, *, locale: Locale = ENGLISH) -> str:
    """`+84.2 SOL`, `−0.4 SOL`, `0 SOL`."""
    sign = "" if not amount else "−" if amount < 0 else "+"
    return f"{sign}{locale.figure(short_number(as_decimal(abs(amount), SOL_DECIMALS)))} SOL"


def signed_dollars(usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`+$12.3K`, `−$4`, `$0`."""
    sign = "" if not usd else "−" if usd < 0 else "+"
    return f"{sign}{short_dollars(abs(usd), locale=locale)}"


def made(record: Record, *, locale: Locale = ENGLISH) -> str:
    """`+84.2 SOL after fees`; `+$12.3K before fees` of who trades for dollars."""
    amount = made_amount(record, locale=locale)
    if record.is_in_dollars:
        return locale.gettext("{usd} before fees", usd=amount)
    return locale.gettext("{sol} after fees", sol=amount)


def made_amount(record: Record, *, locale: Locale = ENGLISH) -> str:
    """`+84.2 SOL`, after fees; `+$12.3K`, before them, of who trades for dollars."""
    if record.is_in_dollars and record.realised_usd is not None:
        return nano_dollars(record.realised_usd, locale=locale)
    return lamports(record.net_sol, locale=locale)


def nano_dollars(amount: int, *, locale: Locale = ENGLISH) -> str:
    """`+$12.3K`, of billionths of a dollar."""
    return signed_dollars(as_decimal(amount, USD_DECIMALS), locale=locale)
