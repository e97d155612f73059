"""Mutes and pauses, and fewer alerts of a kind, as followers see them. Pure."""

from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from domain.activity.addresses import short
from domain.rules.rules import FOREVER, Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import kinds_words
from messaging.telegram.texts.times import dollars, moment

_MAX_NAME = 40
_FAR_YEAR = 2100
"""Who is muted until then is muted for good."""


def paused(until: datetime | None, now: datetime, *, locale: Locale = ENGLISH) -> str:
    """All alerts are stopped, or continue.

    Args:
        until: with a time zone; None: not paused.
        now: with a time zone; what ends today is shown without its date.
        locale: of the reader.
    """
    if until is None:
        return locale.gettext("▶ Alerts are on.")
    if is_forever(until):
        return locale.gettext("⏸ All alerts paused until you resume them. /unmute all resumes them.")
    return locale.gettext(
        "⏸ All alerts paused until {time}. /unmute all resumes them.", time=moment(until, now)
    )


def ask_pause(*, locale: Locale = ENGLISH) -> str:
    """For how long to stop all alerts; buttons follow below."""
    return locale.gettext(
        "Pause all alerts for how long? Alerts of that time do not come later. Or type /pause 2h."
    )


def ask_unmute(*, is_paused: bool, locale: Locale = ENGLISH) -> str:
    """Return what to unmute; buttons follow below."""
    if is_paused:
        return locale.gettext("All alerts are paused. Unmute what?")
    return locale.gettext("Unmute what?")


def all_unmuted(*, locale: Locale = ENGLISH) -> str:
    """The pause and every mute are over."""
    return locale.gettext("🔔 Everything unmuted.")


def nothing_muted(*, locale: Locale = ENGLISH) -> str:
    """There is nothing to unmute."""
    return locale.gettext("Nothing is muted.")


def muted_token(
    name: str, mint: str, until: datetime | None, now: datetime, *, locale: Locale = ENGLISH
) -> str:
    """A token is muted or not; `name` is HTML.

    Args:
        name: Telegram HTML.
        mint: the token.
        until: with a time zone; None: not muted any more.
        now: with a time zone.
        locale: of the reader.
    """
    return f"{_muted(name, until, now, locale=locale)}\n<code>{escape(mint)}</code>"


def muted_wallet(watch: Watch, until: datetime | None, now: datetime, *, locale: Locale = ENGLISH) -> str:
    """A wallet is muted or not.

    Args:
        watch: the wallet.
        until: with a time zone; None: not muted any more.
        now: with a time zone.
        locale: of the reader.
    """
    return _muted(wallet_name(watch.label, watch.wallet), until, now, locale=locale)


def muted_note(watch: Watch, until: datetime, *, zone: tzinfo = UTC, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text.

    Args:
        watch: the wallet.
        until: with a time zone; a far year means without an end.
        zone: that the chat has set; a note shows no entity that each reader would see in theirs.
        locale: of the reader.
    """
    name = watch.label or short(watch.wallet)
    if is_forever(until):
        return locale.gettext("{wallet} muted until you unmute it", wallet=name)
    time = f"{until.astimezone(zone):%H:%M}" + (" UTC" if zone is UTC else "")
    return locale.gettext("{wallet} muted until {time}", wallet=name, time=time)


def unmuted_note(watch: Watch, *, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text."""
    return locale.gettext("{wallet} unmuted", wallet=watch.label or short(watch.wallet))


def muted_tag(tag: str, until: datetime | None, now: datetime, *, locale: Locale = ENGLISH) -> str:
    """The wallets that bear a tag are muted or not.

    Args:
        tag: without `#`; of letters that need no escape.
        until: with a time zone; None: not muted any more.
        now: with a time zone.
        locale: of the reader.
    """
    return _muted(f"#{tag}", until, now, locale=locale)


def ask_how_long(name: str, *, locale: Locale = ENGLISH) -> str:
    """For how long to mute; buttons follow below. `name` is HTML."""
    return locale.gettext("Mute <b>{name}</b> for how long?", name=name)


def mute_usage(*, locale: Locale = ENGLISH) -> str:
    """Return what /mute takes; plain text."""
    return locale.gettext("Write it like /mute Moby 1h, /mute WIF 1d or /mute all 8h; also forever and off.")


def nothing_called(words: str, *, locale: Locale = ENGLISH) -> str:
    """Neither a wallet nor a token is meant; plain text."""
    return locale.gettext(
        "No wallet you follow and no token seen here is called “{words}”. See /wallets.",
        words=words[:_MAX_NAME],
    )


def less_done(watch: Watch, verb: str, word: str, *, locale: Locale = ENGLISH) -> str:
    """Fewer alerts of a wallet come from now on: which ones.

    Args:
        watch: whose rules were changed.
        verb: the rule's, as in `less_words`.
        word: its word.
        locale: of the reader.
    """
    name = wallet_name(watch.label, watch.wallet)
    return f"✅ {less_words(verb, word, f'<b>{name}</b>', locale=locale)}."


def less_words(verb: str, word: str, name: str, *, locale: Locale = ENGLISH) -> str:
    """Return what a rule leaves out, for a button and its answer: `No more buys from Cora`.

    Args:
        verb: `min`, `first`, `exit`, or `off` for kinds.
        word: dollars for `min`, kinds for `off`; else not used.
        name: of the wallet; HTML where HTML is shown, plain on a button.
        locale: of the reader.
    """
    if verb == "min":
        return locale.gettext(
            "Only {dollars} or more from {name}", dollars=dollars(Decimal(word), locale=locale), name=name
        )
    if verb == "first":
        return locale.gettext("First buys only from {name}", name=name)
    if verb == "exit":
        return locale.gettext("Full exits only from {name}", name=name)
    return locale.gettext("No more {kinds} from {name}", kinds=kinds_words(word, locale=locale), name=name)


def is_forever(until: datetime) -> bool:
    """Return whether nobody will live to see it."""
    return until >= FOREVER or until.astimezone(UTC).year >= _FAR_YEAR


def _muted(name: str, until: datetime | None, now: datetime, *, locale: Locale = ENGLISH) -> str:
    if until is None:
        return locale.gettext("🔔 <b>{name}</b> unmuted.", name=name)
    if is_forever(until):
        return locale.gettext("🔕 <b>{name}</b> muted until you unmute it.", name=name)
    return locale.gettext("🔕 <b>{name}</b> muted until {time}.", name=name, time=moment(until, now))
