"""Why a wallet is not followed, or pauses, and what to do instead. Pure."""

from datetime import datetime

from domain.rules.tiers import NearLimit
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.texts.times import time_of_day


def not_checked(*, locale: Locale = ENGLISH) -> str:
    """Added to a confirmation when the chain did not say in time what the address is."""
    return "\n\n" + locale.gettext("Not checked whether this is a wallet: the network isn't responding.")


def belongs_to(owner: str, *, locale: Locale = ENGLISH) -> str:
    """The address is a token account."""
    advice = locale.gettext(
        "This is a token account. Follow the wallet that owns it, and you see this account too:"
    )
    return f"{advice}\n<code>{escape(owner)}</code>"


def token_account_unowned(*, locale: Locale = ENGLISH) -> str:
    """The address is a token account whose owner could not be read."""
    return locale.gettext("This is a token account. Send the address of the wallet that owns it.")


def is_mint(address: str, *, locale: Locale = ENGLISH) -> str:
    """The address is a token."""
    offer = locale.gettext("This is a token, not a wallet. Scan it instead?")
    return f"{offer}\n<code>{escape(address)}</code>"


def is_program(*, locale: Locale = ENGLISH) -> str:
    """The address is a program."""
    return locale.gettext(
        "This is a program that everybody calls, not a wallet; following it would mean "
        "thousands of messages. Send the address of a wallet."
    )


def too_many(limit: int, *, locale: Locale = ENGLISH) -> str:
    """The chat follows as many as it may."""
    return locale.ngettext(
        "This chat follows {number} wallet, the limit for a chat. /unwatch one first.",
        "This chat follows {number} wallets, the limit for a chat. /unwatch one first.",
        limit,
    )


def is_banned(*, locale: Locale = ENGLISH) -> str:
    """Operators let nobody follow the wallet."""
    return locale.gettext("⛔ The operators have blocked this wallet, so it can't be followed.")


def near_limit(near: NearLimit | None, *, locale: Locale = ENGLISH) -> str:
    """A line below a confirmation: most of the limit is used; empty for None."""
    if near is None:
        return ""
    return "\n" + locale.ngettext(
        "📏 {used} of {number} wallet used.",
        "📏 {used} of {number} wallets used.",
        near.limit,
        used=locale.number(near.used),
    )


def busy_now(limit: int, until: datetime | None, *, locale: Locale = ENGLISH) -> str:
    """A line below a confirmation: what the wallet does now comes together later; empty: it is not busy.

    Args:
        limit: events of an hour beyond which the chat gets them together.
        until: the end of that hour; None: the wallet has done less.
        locale: of the reader.
    """
    if until is None:
        return ""
    return "\n" + locale.ngettext(
        "🌙 It is busy: after {number} event this hour the next ones come together at {time}."
        " /settings busy off sends all at once.",
        "🌙 It is busy: after {number} events this hour the next ones come together at {time}."
        " /settings busy off sends all at once.",
        limit,
        time=time_of_day(until),
    )


def paused_over_limit(number: int, *, locale: Locale = ENGLISH) -> str:
    """A line below a list: the newest wallets pause, since there are more than the tier allows."""
    return locale.ngettext(
        "⏸ Over your limit, the newest wallet pauses. /unwatch others to resume.",
        "⏸ Over your limit, the newest {number} wallets pause. /unwatch others to resume.",
        number,
    )


def too_many_at_once(limit: int, *, locale: Locale = ENGLISH) -> str:
    """A list is too long; plain text."""
    return locale.gettext("That list is too long. Send up to {limit} wallets at a time.", limit=limit)


def limit_reached(limit: int, *, locale: Locale = ENGLISH) -> str:
    """Beside an address of a list."""
    return locale.ngettext("limit of {number} wallet reached", "limit of {number} wallets reached", limit)


def reason_refused(reason: str, limit: int, *, locale: Locale = ENGLISH) -> str:
    """Beside an address of a list: why it is not followed; plain text.

    Args:
        reason: as `Refusal` names it.
        limit: how many wallets the chat may follow.
        locale: of who reads it.
    """
    known = _REASONS.get(reason)
    return limit_reached(limit, locale=locale) if known is None else locale.gettext(known)


_REASONS = {
    "program": gettext_noop("is a program"),
    "mint": gettext_noop("is a token"),
    "token_account": gettext_noop("is a token account"),
    "banned": gettext_noop("is blocked by the operators"),
}
