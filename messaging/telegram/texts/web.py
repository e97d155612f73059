"""/web and /apikey: the link to the page, and the keys of the API. Pure."""

from collections.abc import Sequence

from domain.access import SIGN_IN_SECONDS, ApiKey
from domain.rules.tiers import NearLimit
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape

_MAX_TITLE = 32


def sign_in_link(url: str, *, locale: Locale = ENGLISH) -> str:
    """The link that opens the page as whoever reads this."""
    link = locale.gettext("Open your page")
    terms = locale.ngettext(
        "The link works once, within {number} second. It opens everything you may see here, so do not"
        " pass it on; /web makes a new one.",
        "The link works once, within {number} seconds. It opens everything you may see here, so do not"
        " pass it on; /web makes a new one.",
        SIGN_IN_SECONDS,
    )
    return f'<a href="{escape(url)}">{link}</a>\n{terms}'


def only_in_private(*, locale: Locale = ENGLISH) -> str:
    """Somebody asks for a secret where others read it."""
    return locale.gettext("Send this in your private chat with the bot: the answer is for you alone.")


def keys_text(keys: Sequence[ApiKey], url: str, *, locale: Locale = ENGLISH) -> str:
    """The keys of a person, and how to make one.

    Args:
        keys: the person's, without their secrets.
        url: of the page, to which the reference of the API belongs.
        locale: of the reader.
    """
    lines = (
        [locale.gettext("<b>API keys</b>"), *(_line(key, locale=locale) for key in keys)]
        if keys
        else [locale.gettext("You have no API key.")]
    )
    return "\n".join(
        [
            *lines,
            "",
            locale.gettext("New: <code>{command}</code>", command="/apikey new my script"),
            locale.gettext(
                "It reads; add <code>write</code> for changes, <code>30d</code> for its life, a group's id."
            ),
            locale.gettext("Delete: <code>{command}</code>", command="/apikey delete 1"),
            locale.gettext("What it can do: {url}", url=f"{escape(url)}/api"),
        ]
    )


def new_key(secret: str, key: ApiKey, *, locale: Locale = ENGLISH) -> str:
    """A key, for the only time.

    Args:
        secret: the key itself; it stands nowhere else.
        key: what is stored of it.
        locale: of the reader.
    """
    scopes = ", ".join(sorted(key.scopes))
    values: dict[str, object] = {"number": key.key_id, "scopes": scopes}
    if key.expires_at is None:
        said = locale.gettext("This is key {number} ({scopes}), good for ever.", **values)
    else:
        until = locale.date(key.expires_at)
        said = locale.gettext("This is key {number} ({scopes}), good until {date}.", date=until, **values)
    keep = locale.gettext("Keep it now: it is not shown again. Then delete this message.")
    return f"<code>{escape(secret)}</code>\n{said} {keep}"


def near_limit(near: NearLimit | None, *, locale: Locale = ENGLISH) -> str:
    """A line below what was made: most of the limit is used; empty for None."""
    if near is None:
        return ""
    return "\n" + locale.ngettext(
        "📏 {used} of {number} API key used.",
        "📏 {used} of {number} API keys used.",
        near.limit,
        used=locale.number(near.used),
    )


def key_deleted(number: int, *, locale: Locale = ENGLISH) -> str:
    """A key holds no longer."""
    return locale.gettext("Key {number} is deleted; nothing accepts it any more.", number=number)


def no_such_key(number: int, *, locale: Locale = ENGLISH) -> str:
    """They have no key of that number."""
    return locale.gettext("You have no key {number}. /apikey lists yours.", number=number)


def usage(*, locale: Locale = ENGLISH) -> str:
    """Return what was written is none of the forms."""
    return locale.gettext(
        "Write /apikey for the list, <code>/apikey new my script</code>, or <code>/apikey delete 1</code>."
    )


def _line(key: ApiKey, *, locale: Locale = ENGLISH) -> str:
    name = escape(clean(key.name, limit=_MAX_TITLE)) or locale.gettext("no name")
    where = "" if key.target.is_private else f" · {escape(clean(key.target.title, limit=_MAX_TITLE))}"
    facts = [f"{name}{where}", ", ".join(sorted(key.scopes))]
    if key.expires_at is not None:
        facts.append(locale.gettext("until {date}", date=locale.date(key.expires_at)))
    if key.last_used_at is None:
        facts.append(locale.gettext("never used"))
    else:
        facts.append(locale.gettext("used {date}", date=locale.day(key.last_used_at)))
    return f"{key.key_id}. <code>{escape(key.prefix)}…</code> {' · '.join(facts)}"
