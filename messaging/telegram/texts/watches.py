"""Following wallets: questions, confirmations, lists, and why something cannot be done. Pure."""

from collections.abc import Sequence
from datetime import datetime

from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL, Watch
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.refusals import paused_over_limit
from messaging.telegram.texts.tags import hashtags

PAGE = 10
"""Wallets on one page of the list."""


def ask_address(*, locale: Locale = ENGLISH) -> str:
    """Return which wallet to follow."""
    return locale.gettext("Send the wallet address to follow.")


def ask_balance(*, locale: Locale = ENGLISH) -> str:
    """Return whose balance to read."""
    return locale.gettext("Which wallet's balance? Send its address or name.")


def ask_mint(*, locale: Locale = ENGLISH) -> str:
    """Return which token."""
    return locale.gettext("Which token? Send its mint address or symbol.")


def ask_label(watch: Watch, *, locale: Locale = ENGLISH) -> str:
    """Return which name."""
    return locale.gettext(
        "New name for {wallet}? Up to {limit} characters.", wallet=_named(watch), limit=MAX_LABEL
    )


_WHICH = {
    "mute": gettext_noop("Mute which wallet?"),
    "record": gettext_noop("The record of which wallet?"),
    "rename": gettext_noop("Rename which wallet?"),
    "unfollow": gettext_noop("Unfollow which wallet?"),
}


def ask_which(what: str, *, locale: Locale = ENGLISH) -> str:
    """Which of the followed wallets; buttons follow below. `what`: mute, record, rename or unfollow."""
    return locale.gettext(_WHICH[what])


def followed(
    watch: Watch,
    *,
    is_new: bool,
    resembles: Watch | None,
    old_label: str | None = None,
    namesakes: Sequence[Watch] = (),
    locale: Locale = ENGLISH,
) -> str:
    """It is followed now, or was already.

    Args:
        watch: the watch as it is now.
        is_new: whether it was not followed before.
        resembles: a followed wallet that looks like it.
        old_label: what it was called before; None: the same.
        namesakes: followed wallets of the same name.
        locale: of who reads it.
    """
    lines = [
        _followed(watch, old_label, is_new=is_new, locale=locale),
        f"<code>{escape(watch.wallet)}</code>",
    ]
    if namesakes:
        lines += ["", same_name(namesakes, locale=locale)]
    if resembles is not None:
        lines += ["", _resemblance(resembles, locale=locale)]
    return "\n".join(lines)


def followed_many(
    new: Sequence[Watch], known: int, refused: Sequence[tuple[str, str]], *, locale: Locale = ENGLISH
) -> str:
    """Return what became of a list of wallets.

    Args:
        new: followed from now on.
        known: how many were followed already.
        refused: addresses that are not followed, and why.
        locale: of who reads it.
    """
    lines = (
        [locale.ngettext("✅ Following {number} new wallet.", "✅ Following {number} new wallets.", len(new))]
        if new
        else []
    )
    lines += [f"· {_with_address(watch)}" for watch in new]
    if known:
        lines.append(
            locale.ngettext(
                "Already following {number} wallet of the list.",
                "Already following {number} wallets of the list.",
                known,
            )
        )
    if refused:
        lines.append(locale.gettext("Not followed:"))
        lines += [f"· <code>{short(address)}</code> {reason}" for address, reason in refused]
    return "\n".join(lines)


def _with_address(watch: Watch) -> str:
    """Its name, and its address where it has one; who has none is called by the address."""
    address = f"<code>{short(watch.wallet)}</code>"
    return f"<b>{_named(watch)}</b> {address}" if watch.label else address


def same_name(namesakes: Sequence[Watch], *, locale: Locale = ENGLISH) -> str:
    """Other wallets bear the name that was just given."""
    others = ", ".join(f"<code>{short(watch.wallet)}</code>" for watch in namesakes)
    return locale.gettext("⚠️ {others} has this name, too. /rename tells them apart.", others=others)


def unfollowed(watch: Watch, *, locale: Locale = ENGLISH) -> str:
    """It is not followed any more."""
    done = locale.gettext("✖️ Unfollowed <b>{wallet}</b>.", wallet=_named(watch))
    return f"{done}\n<code>{escape(watch.wallet)}</code>"


def unfollowed_note(watch: Watch, *, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text."""
    return locale.gettext("Unfollowed {wallet}", wallet=watch.label or short(watch.wallet))


def too_late_to_follow_again(*, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text."""
    return locale.gettext("Too late to undo. Send the address to follow it again.")


def renamed(watch: Watch, label: str, *, namesakes: Sequence[Watch] = (), locale: Locale = ENGLISH) -> str:
    """It has another name.

    Args:
        watch: as it was.
        label: the new one; empty: none.
        namesakes: other wallets of the chat that are called the same.
        locale: of the reader.
    """
    line = locale.gettext(
        "✏️ Renamed {old} → <b>{new}</b>.", old=_named(watch), new=wallet_name(label, watch.wallet)
    )
    return f"{line}\n{same_name(namesakes, locale=locale)}" if namesakes else line


def label_too_long(*, locale: Locale = ENGLISH) -> str:
    """The name cannot be used."""
    return locale.gettext("That name is too long. Up to {limit} characters.", limit=MAX_LABEL)


def label_empty(*, locale: Locale = ENGLISH) -> str:
    """Nothing of the name was left."""
    return locale.gettext(
        "This can't be a name. Use up to {limit} letters or digits, and no links.", limit=MAX_LABEL
    )


def not_followed(name: str, *, locale: Locale = ENGLISH) -> str:
    """No followed wallet is meant."""
    return locale.gettext("You follow no wallet called “{name}”. /wallets lists yours.", name=escape(name))


def nothing_followed(*, is_private: bool, locale: Locale = ENGLISH) -> str:
    """The list is empty; in a group the bot reads commands only."""
    if is_private:
        return locale.gettext("You follow no wallet yet. Send an address, or /watch ADDRESS name.")
    return locale.gettext("You follow no wallet yet. Add one: /watch ADDRESS name.")


def wallets(
    watches: Sequence[Watch], *, page: int, now: datetime, tag: str = "", locale: Locale = ENGLISH
) -> str:
    """One page of what is followed, or of what bears a tag.

    Args:
        watches: all of them, in the order of the list.
        page: from 0.
        now: with a time zone.
        tag: what they all bear; empty: they are all that the chat follows.
        locale: of the reader.
    """
    begin = page * PAGE
    pages = -(-len(watches) // PAGE)
    if tag:
        head = locale.ngettext(
            "<b>Following {number} wallet tagged {tag}</b>",
            "<b>Following {number} wallets tagged {tag}</b>",
            len(watches),
            tag=f"#{tag}",
        )
    else:
        head = locale.ngettext(
            "<b>Following {number} wallet</b>", "<b>Following {number} wallets</b>", len(watches)
        )
    if pages > 1:
        where = locale.gettext("page {page} of {pages}", page=page + 1, pages=pages)
        head = f"{head} · {where}"
    paused = sum(watch.over_limit for watch in watches)
    lines = [_line(watch, now) for watch in watches[begin : begin + PAGE]]
    return "\n".join([head, *lines, *([paused_over_limit(paused, locale=locale)] if paused else [])])


def pasted(address: str, *, locale: Locale = ENGLISH) -> str:
    """A wallet's address was sent."""
    return f"<code>{escape(address)}</code>\n{locale.gettext('What would you like to do?')}"


def pasted_followed(watch: Watch, *, locale: Locale = ENGLISH) -> str:
    """The address of a followed wallet was sent."""
    known = locale.gettext("Already following <b>{wallet}</b>.", wallet=_named(watch))
    return f"{known}\n<code>{escape(watch.wallet)}</code>"


def pasted_many(number: int, *, locale: Locale = ENGLISH) -> str:
    """Several addresses were sent; a button follows below."""
    return locale.ngettext(
        "{number} address found. Follow it?", "{number} addresses found. Follow them all?", number
    )


def scanning(mint: str, *, locale: Locale = ENGLISH) -> str:
    """The scan has been asked for."""
    return locale.gettext("🛡 Scanning <code>{mint}</code>…", mint=escape(mint))


def reading_balance(name: str, address: str, *, locale: Locale = ENGLISH) -> str:
    """The balance has been asked for; `name` is a label or empty.

    Args:
        name: a label, or empty.
        address: base58.
        locale: of the reader.
    """
    reading = locale.gettext("💰 Reading the balance of {wallet}…", wallet=wallet_name(name, address))
    return f"{reading}\n<code>{escape(address)}</code>"


def gone(*, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text: what it was about is no longer followed."""
    return locale.gettext("This wallet is no longer followed here.")


def _followed(watch: Watch, old_label: str | None, *, is_new: bool, locale: Locale = ENGLISH) -> str:
    if is_new:
        return locale.gettext(
            "✅ Following <b>{wallet}</b>. You'll get an alert when it trades.", wallet=_named(watch)
        )
    if old_label is None:
        return locale.gettext("Already following <b>{wallet}</b>.", wallet=_named(watch))
    old = wallet_name(old_label, watch.wallet)
    return locale.gettext("Already following. Renamed {old} → <b>{new}</b>.", old=old, new=_named(watch))


def _named(watch: Watch) -> str:
    return wallet_name(watch.label, watch.wallet)


def _line(watch: Watch, now: datetime) -> str:
    silent = watch.muted_until is not None and watch.muted_until > now
    tags = f" {hashtags(watch.tags)}" if watch.tags else ""
    sign = "⏸" if watch.over_limit else "⛔" if watch.is_banned else "🔕" if silent else "🐋"
    return f"{sign} <b>{_named(watch)}</b>{tags} <code>{escape(watch.wallet)}</code>"


def _resemblance(other: Watch, *, locale: Locale = ENGLISH) -> str:
    warning = locale.gettext(
        "⚠️ Looks like <b>{wallet}</b>, which you follow, but is another address. Scammers make such"
        " look-alikes. Compare all characters:",
        wallet=_named(other),
    )
    return f"{warning}\n<code>{escape(other.wallet)}</code>"
