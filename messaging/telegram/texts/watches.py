"""Following wallets: questions, confirmations, lists, and why something cannot be done. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL, Watch
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.tags import hashtags

_FAR_YEAR = 2100
PAGE = 10
"""Wallets on one page of the list."""


def ask_address() -> str:
    """Which wallet to follow."""
    return "Send the wallet address to follow."


def ask_balance() -> str:
    """Whose balance to read."""
    return "Which wallet's balance? Send its address or name."


def ask_mint() -> str:
    """Which token."""
    return "Which token? Send its mint address or symbol."


def ask_label(watch: Watch) -> str:
    """Which name."""
    return f"New name for {_named(watch)}? Up to {MAX_LABEL} characters."


def ask_which(what: str) -> str:
    """Which of the followed wallets; buttons stand below. `what` is a verb, such as `mute`."""
    return f"{what.capitalize()} which wallet?"


def followed(
    watch: Watch,
    *,
    is_new: bool,
    resembles: Watch | None,
    old_label: str | None = None,
    namesakes: Sequence[Watch] = (),
) -> str:
    """It is followed now, or was already.

    Args:
        watch: the watch as it is now.
        is_new: whether it was not followed before.
        resembles: a followed wallet that looks like it.
        old_label: what it was called before; None: the same.
        namesakes: followed wallets of the same name.
    """
    lines = [_followed(watch, old_label, is_new=is_new), f"<code>{escape(watch.wallet)}</code>"]
    if namesakes:
        lines += ["", same_name(namesakes)]
    if resembles is not None:
        lines += ["", _resemblance(resembles)]
    return "\n".join(lines)


def followed_many(new: Sequence[Watch], known: int, refused: Sequence[tuple[str, str]]) -> str:
    """What became of a list of wallets.

    Args:
        new: followed from now on.
        known: how many were followed already.
        refused: addresses that are not followed, and why.
    """
    lines = [f"✅ Following {counted(len(new), 'new wallet')}."] if new else []
    lines += [f"· <b>{_named(watch)}</b> <code>{short(watch.wallet)}</code>" for watch in new]
    if known:
        lines.append(f"Already following {counted(known, 'wallet')} of the list.")
    if refused:
        lines.append("Not followed:")
        lines += [f"· <code>{short(address)}</code> {reason}" for address, reason in refused]
    return "\n".join(lines)


def same_name(namesakes: Sequence[Watch]) -> str:
    """Other wallets bear the name that was just given."""
    others = ", ".join(f"<code>{short(watch.wallet)}</code>" for watch in namesakes)
    return f"⚠️ {others} has this name, too. /rename tells them apart."


def not_checked() -> str:
    """Added to a confirmation when the chain did not say in time what the address is."""
    return "\n\nNot checked whether this is a wallet: the network isn't responding."


def belongs_to(owner: str) -> str:
    """The address is a token account."""
    return (
        "This is a token account. Follow the wallet that owns it, and you see this account too:\n"
        f"<code>{escape(owner)}</code>"
    )


def token_account_unowned() -> str:
    """The address is a token account whose owner could not be read."""
    return "This is a token account. Send the address of the wallet that owns it."


def is_mint(address: str) -> str:
    """The address is a token."""
    return f"This is a token, not a wallet. Scan it instead?\n<code>{escape(address)}</code>"


def is_program() -> str:
    """The address is a program."""
    return (
        "This is a program that everybody calls, not a wallet; following it would mean thousands of"
        " messages. Send the address of a wallet."
    )


def too_many(limit: int) -> str:
    """The chat follows as many as it may."""
    return f"This chat follows {counted(limit, 'wallet')}, the limit for a chat. /unwatch one first."


def is_banned() -> str:
    """Operators let nobody follow the wallet."""
    return "⛔ The operators have blocked this wallet, so it can't be followed."


def near_limit(used: int, limit: int) -> str:
    """A line below a confirmation: most of the limit is used."""
    return f"\n📏 {used:,} of {limit:,} wallets used."


def paused_over_limit(number: int) -> str:
    """A line below a list: the newest wallets pause, since there are more than the tier allows."""
    newest = "the newest wallet pauses" if number == 1 else f"the newest {number:,} wallets pause"
    return f"⏸ Over your limit, {newest}. /unwatch others to resume."


def too_many_at_once(limit: int) -> str:
    """A list is too long; plain text."""
    return f"That list is too long. Send up to {limit} wallets at a time."


def limit_reached(limit: int) -> str:
    """Beside an address of a list."""
    return f"limit of {limit:,} wallets reached"


def reason_refused(reason: str, limit: int) -> str:
    """Beside an address of a list: why it is not followed; plain text.

    Args:
        reason: as `Refusal` names it.
        limit: how many wallets the chat may follow.
    """
    return _REASONS.get(reason) or limit_reached(limit)


_REASONS = {
    "program": "is a program",
    "mint": "is a token",
    "token_account": "is a token account",
    "banned": "is blocked by the operators",
}


def unfollowed(watch: Watch) -> str:
    """It is not followed any more."""
    return f"✖️ Unfollowed <b>{_named(watch)}</b>.\n<code>{escape(watch.wallet)}</code>"


def unfollowed_note(watch: Watch) -> str:
    """A note over a button, plain text."""
    return f"Unfollowed {watch.label or short(watch.wallet)}"


def too_late_to_follow_again() -> str:
    """A note over a button, plain text."""
    return "Too late to undo. Send the address to follow it again."


def renamed(watch: Watch, label: str, *, namesakes: Sequence[Watch] = ()) -> str:
    """It has another name."""
    line = f"✏️ Renamed {_named(watch)} → <b>{wallet_name(label, watch.wallet)}</b>."
    return f"{line}\n{same_name(namesakes)}" if namesakes else line


def label_too_long() -> str:
    """The name cannot be used."""
    return f"That name is too long. Up to {MAX_LABEL} characters."


def label_empty() -> str:
    """Nothing of the name was left."""
    return f"This can't be a name. Use up to {MAX_LABEL} letters or digits, and no links."


def not_followed(name: str) -> str:
    """No followed wallet is meant."""
    return f"You follow no wallet called “{escape(name)}”. /wallets lists yours."


def nothing_followed(*, is_private: bool) -> str:
    """The list is empty; in a group the bot reads commands only."""
    how = "Send an address, or /watch ADDRESS name." if is_private else "Add one: /watch ADDRESS name."
    return f"You follow no wallet yet. {how}"


def wallets(watches: Sequence[Watch], *, page: int, now: datetime, tag: str = "") -> str:
    """One page of what is followed, or of what bears a tag."""
    begin = page * PAGE
    pages = -(-len(watches) // PAGE)
    count = f"{len(watches)} wallet{'s' if len(watches) != 1 else ''}"
    tagged = f" tagged #{tag}" if tag else ""
    head = f"<b>Following {count}{tagged}</b>" + (f" · page {page + 1} of {pages}" if pages > 1 else "")
    paused = sum(watch.over_limit for watch in watches)
    lines = [_line(watch, now) for watch in watches[begin : begin + PAGE]]
    return "\n".join([head, *lines, *([paused_over_limit(paused)] if paused else [])])


def pasted(address: str) -> str:
    """A wallet's address was sent."""
    return f"<code>{escape(address)}</code>\nWhat would you like to do?"


def pasted_followed(watch: Watch) -> str:
    """The address of a followed wallet was sent."""
    return f"Already following <b>{_named(watch)}</b>.\n<code>{escape(watch.wallet)}</code>"


def pasted_many(number: int) -> str:
    """Several addresses were sent; a button stands below."""
    return f"{number} addresses found. Follow them all?"


def scanning(mint: str) -> str:
    """The scan has been asked for."""
    return f"🛡 Scanning <code>{escape(mint)}</code>…"


def reading_balance(name: str, address: str) -> str:
    """The balance has been asked for; `name` is a label or empty."""
    return f"💰 Reading the balance of {wallet_name(name, address)}…\n<code>{escape(address)}</code>"


def muted(watch: Watch, until: datetime) -> str:
    """A note over a button, plain text."""
    far = until.astimezone(UTC).year >= _FAR_YEAR
    when = "until you unmute it" if far else f"until {until.astimezone(UTC):%H:%M} UTC"
    return f"{watch.label or short(watch.wallet)} muted {when}"


def unmuted(watch: Watch) -> str:
    """A note over a button, plain text."""
    return f"{watch.label or short(watch.wallet)} unmuted"


def gone() -> str:
    """A note over a button, plain text: what it was about is no longer followed."""
    return "This wallet is no longer followed here."


def _followed(watch: Watch, old_label: str | None, *, is_new: bool) -> str:
    if is_new:
        return f"✅ Following <b>{_named(watch)}</b>. You'll get an alert when it trades."
    if old_label is None:
        return f"Already following <b>{_named(watch)}</b>."
    old = wallet_name(old_label, watch.wallet)
    return f"Already following. Renamed {old} → <b>{_named(watch)}</b>."


def _named(watch: Watch) -> str:
    return wallet_name(watch.label, watch.wallet)


def _line(watch: Watch, now: datetime) -> str:
    silent = watch.muted_until is not None and watch.muted_until > now
    tags = f" {hashtags(watch.tags)}" if watch.tags else ""
    sign = "⏸" if watch.over_limit else "⛔" if watch.is_banned else "🔕" if silent else "🐋"
    return f"{sign} <b>{_named(watch)}</b>{tags} <code>{escape(watch.wallet)}</code>"


def _resemblance(other: Watch) -> str:
    return (
        f"⚠️ Looks like <b>{_named(other)}</b>, which you follow, but is another address."
        " Scammers make such look-alikes. Compare all characters:\n"
        f"<code>{escape(other.wallet)}</code>"
    )
