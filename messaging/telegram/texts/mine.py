"""What /mine says: the addresses of a chat's own people, and what they are for. Pure."""

from collections.abc import Sequence

from domain.activity.addresses import short
from domain.chats import OwnWallet
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape

_WHAT_FOR = gettext_noop(
    "A full exit of a wallet that you follow, a drained pool, a creator who leaves: of what you hold you hear"
    " at once, whatever your rules, mutes and quiet hours are."
)


def mine_text(wallets: Sequence[OwnWallet], limit: int, *, locale: Locale = ENGLISH) -> str:
    """The list; `limit`: addresses that a chat may have.

    Args:
        wallets: the oldest first; a button for each stands below, in the same order.
        limit: addresses that a chat may have.
        locale: of the reader.
    """
    if not wallets:
        usage = locale.gettext(
            "💼 Tell what you hold: <code>/mine ADDRESS</code>, up to {limit}. Nothing but the address is"
            " needed, and nothing can be done with it.",
            limit=limit,
        )
        return f"{usage}\n{locale.gettext(_WHAT_FOR)}"
    lines = [f"<code>{escape(one.address)}</code> · {_tokens(one, locale=locale)}" for one in wallets]
    return "\n".join(
        [
            locale.gettext("💼 <b>What you hold</b>"),
            *lines,
            locale.gettext(_WHAT_FOR),
            locale.gettext("A button forgets its address."),
        ]
    )


def _tokens(one: OwnWallet, *, locale: Locale = ENGLISH) -> str:
    if one.read_at is None:
        return (
            locale.gettext("could not be read, tried again")
            if one.is_failing
            else locale.gettext("being read")
        )
    number = locale.ngettext("{number} token", "{number} tokens", one.tokens)
    if not one.is_failing:
        return number
    return locale.gettext("{tokens}, could not be read again since", tokens=number)


def mine_refused(limit: int, *, locale: Locale = ENGLISH) -> str:
    """It was not noted."""
    return locale.gettext(
        "This address is noted already, or there are {limit}, as many as there may be.", limit=limit
    )


def mine_forgotten(address: str, *, locale: Locale = ENGLISH) -> str:
    """It was forgotten; plain text."""
    return locale.gettext("{address} is forgotten", address=short(address))


HOLDER_NOTE = gettext_noop("💼 You hold this token")
"""In an alert of an exit or a danger, which comes whatever the settings are."""
