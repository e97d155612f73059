"""Following wallets: questions, confirmations, lists, and why something cannot be done. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.activity.addresses import short
from domain.rules.watches import MAX_LABEL, MAX_WATCHES_PER_CHAT, Watch
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name

_FAR_YEAR = 2100
PAGE = 10
"""Wallets on one page of the list."""


def ask_address(what: str) -> str:
    """Which address; `what` is to be done with it, such as `follow`."""
    return f"Which wallet shall I {what}? Send me its address. /cancel forgets it."


def ask_mint() -> str:
    """Which token."""
    return "Which token shall I scan? Send me its mint address. /cancel forgets it."


def ask_label(watch: Watch) -> str:
    """Which name."""
    return (
        f"What shall I call {_named(watch)}? Send me a name of up to {MAX_LABEL} characters."
        " /cancel keeps it as it is."
    )


def ask_which(what: str) -> str:
    """Which of the followed wallets; buttons stand below."""
    return f"Which wallet shall I {what}?"


def followed(watch: Watch, *, is_new: bool, resembles: Watch | None) -> str:
    """It is followed now, or was already."""
    first = (
        f"🐋 I now follow <b>{_named(watch)}</b> and tell you what it does."
        if is_new
        else f"You follow <b>{_named(watch)}</b> already."
    )
    lines = [first, f"<code>{escape(watch.wallet)}</code>"]
    if resembles is not None:
        lines += ["", _resemblance(resembles)]
    return "\n".join(lines)


def not_checked() -> str:
    """Added to a confirmation when the chain did not say in time what the address is."""
    return "\n\nThe node did not answer, so I could not check what stands at this address."


def belongs_to(owner: str) -> str:
    """The address is a token account."""
    return (
        "This is a token account: a wallet's purse for one token. Follow the wallet it belongs to,"
        f" and you see this account too:\n<code>{escape(owner)}</code>"
    )


def token_account_unowned() -> str:
    """The address is a token account whose owner could not be read."""
    return (
        "This is a token account: a wallet's purse for one token. Send me the address of the wallet instead."
    )


def is_mint(address: str) -> str:
    """The address is a token."""
    return (
        "This is a token, not a wallet, so there is nobody to follow. I can scan it for dangers:\n"
        f"<code>{escape(address)}</code>"
    )


def is_program() -> str:
    """The address is a program."""
    return (
        "This is a program that everybody calls, not a wallet; following it would mean thousands of"
        " messages. Send me the address of a wallet."
    )


def too_many() -> str:
    """The chat follows as many as it may."""
    return (
        f"This chat follows {MAX_WATCHES_PER_CHAT} wallets, which is as many as it may. /unwatch one first."
    )


def unfollowed(watch: Watch) -> str:
    """It is not followed any more."""
    return f"I no longer follow <b>{_named(watch)}</b>.\n<code>{escape(watch.wallet)}</code>"


def renamed(watch: Watch, label: str) -> str:
    """It has another name."""
    return f"<code>{short(watch.wallet)}</code> is now called <b>{wallet_name(label, watch.wallet)}</b>."


def label_too_long() -> str:
    """The name cannot be used."""
    return f"That name is too long: up to {MAX_LABEL} characters, please."


def label_empty() -> str:
    """Nothing of the name was left."""
    return f"I cannot use that as a name. Send me up to {MAX_LABEL} letters or digits."


def not_followed(name: str) -> str:
    """No followed wallet is meant."""
    return f"You follow no wallet called “{escape(name)}”. /wallets shows those you follow."


def ambiguous(name: str) -> str:
    """Several followed wallets are meant."""
    return f"You gave the name “{escape(name)}” to several wallets. Choose one:"


def nothing_followed() -> str:
    """The list is empty."""
    return "You follow no wallet yet. Send me an address, or /watch ADDRESS name."


def wallets(watches: Sequence[Watch], *, page: int, now: datetime) -> str:
    """One page of what is followed."""
    begin = page * PAGE
    pages = -(-len(watches) // PAGE)
    count = f"{len(watches)} wallet{'s' if len(watches) != 1 else ''}"
    head = f"<b>You follow {count}</b>" + (f" · page {page + 1} of {pages}" if pages > 1 else "")
    return "\n".join([head, *(_line(watch, now) for watch in watches[begin : begin + PAGE])])


def pasted(address: str) -> str:
    """An address was sent and nothing else."""
    return f"<code>{escape(address)}</code>\nWhat shall I do with this address?"


def scanning(mint: str) -> str:
    """The scan has been asked for."""
    return f"🛡 Scanning <code>{escape(mint)}</code>…"


def reading_balance(name: str, address: str) -> str:
    """The balance has been asked for; `name` is a label or empty."""
    return f"💰 Reading the balance of {wallet_name(name, address)}…\n<code>{escape(address)}</code>"


def muted(watch: Watch, until: datetime) -> str:
    """A note over a button, plain text."""
    far = until.astimezone(UTC).year >= _FAR_YEAR
    when = "for good" if far else f"until {until.astimezone(UTC):%H:%M} UTC"
    return f"Muted {when}: {watch.label or short(watch.wallet)}"


def unmuted(watch: Watch) -> str:
    """A note over a button, plain text."""
    return f"I tell you again about {watch.label or short(watch.wallet)}"


def gone() -> str:
    """A note over a button, plain text: what it was about is no longer followed."""
    return "This wallet is not followed here any more."


def _named(watch: Watch) -> str:
    return wallet_name(watch.label, watch.wallet)


def _line(watch: Watch, now: datetime) -> str:
    silent = watch.muted_until is not None and watch.muted_until > now
    return f"{'🔕' if silent else '🐋'} <b>{_named(watch)}</b> <code>{escape(watch.wallet)}</code>"


def _resemblance(other: Watch) -> str:
    return (
        f"⚠️ It looks like <b>{_named(other)}</b>, which you follow, but it is another address."
        " Swindlers make such look-alikes. Compare all characters:\n"
        f"<code>{escape(other.wallet)}</code>"
    )
