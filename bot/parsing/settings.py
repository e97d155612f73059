"""Parses what people write behind /settings, as its buttons do: `chart birdeye`, `hide route`. Pure."""

import re
from collections.abc import Callable, Mapping

from msgspec import structs

from domain.errors import BadInput
from domain.rules.rules import DEFAULT_BUSY_ABOVE, MAX_BUSY_ABOVE, ChatSettings, Display, Field
from messaging.languages.choice import LANGUAGES
from messaging.languages.numbers import NUMBER_FORMATS
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS

Change = Callable[[ChatSettings], ChatSettings]
_SITES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "explorer": EXPLORERS,
    "chart": CHARTS,
    "trade": MARKETS,
}
_MAX_START = 20
"""A start parameter has 64 characters, a mint up to 44."""
_BOT = re.compile(
    rf"(?:@|https://t\.me/)?([A-Za-z][A-Za-z0-9_]{{2,29}}[Bb][Oo][Tt])"
    rf"(?:\?start=([A-Za-z0-9_-]{{0,{_MAX_START}}}))?(?:\s+([A-Za-z0-9_-]{{1,{_MAX_START}}}))?"
)
_BY_LANGUAGE = "language"
_NONE = frozenset({"none", "off", "no"})
_EXAMPLES = (
    "chart birdeye, trade none, hide route, show route, spam on, living on, busy 60, bot @name, language es,"
    " numbers comma"
)


def parse_settings(words: str) -> Change:
    """The change that the words ask for.

    Raises:
        BadInput: they ask for nothing that can be set; the text says what can.
    """
    if words.lower().startswith("bot "):
        return _bot(words[len("bot ") :].strip())
    what, _, word = words.strip().lower().partition(" ")
    word = word.strip()
    if what in _SITES:
        return _site(what, word)
    if what in {"hide", "show"}:
        return _field(word, is_hidden=what == "hide")
    if what in _SWITCHES and word in {"on", "off"}:
        return _SWITCHES[what](word == "on")
    if what in _WORDS:
        return _WORDS[what](word)
    raise BadInput("Write one of: {examples}.", examples=_EXAMPLES)


_SWITCHES: Mapping[str, Callable[[bool], Change]] = {
    "spam": lambda is_on: lambda old: structs.replace(old, spam_line=is_on),
    "living": lambda is_on: lambda old: structs.replace(old, living=is_on),
    "rich": lambda is_on: lambda old: _displayed(old, structs.replace(old.display, rich=is_on)),
    "ephemeral": lambda is_on: lambda old: _displayed(old, structs.replace(old.display, ephemeral=is_on)),
    "noise": lambda is_on: lambda old: _displayed(old, structs.replace(old.display, noise=is_on)),
}


def _site(what: str, word: str) -> Change:
    sites = _SITES[what]
    if word not in sites and word not in _NONE:
        raise BadInput(
            "For {setting} choose one of: {list}.",
            setting=what,
            list=", ".join([*(name for name, _ in sites.values()), "none"]),
        )
    chosen = "" if word in _NONE else word
    return lambda old: _displayed(old, structs.replace(old.display, **{what: chosen}))


def _bot(words: str) -> Change:
    """`@my_bot`, `@my_bot ref_1_`, a link to it, or `none`; no link leads out of Telegram."""
    if words.lower() in _NONE:
        return lambda old: _displayed(old, structs.replace(old.display, bot="", bot_start=""))
    found = _BOT.fullmatch(words)
    if found is None:
        raise BadInput(
            "Write bot @name, or bot @name and what it wants before the mint in its start link, such as"
            " ref_me_; up to {limit} of A-Z, a-z, 0-9, _ and -.",
            limit=_MAX_START,
        )
    name, start = found.group(1), found.group(2) or found.group(3) or ""
    return lambda old: _displayed(old, structs.replace(old.display, bot=name, bot_start=start))


def _field(word: str, *, is_hidden: bool) -> Change:
    if word not in set(Field):
        raise BadInput("What can be hidden or shown: {list}.", list=", ".join(Field))
    field = frozenset({Field(word)})

    def change(old: ChatSettings) -> ChatSettings:
        hidden = old.display.hidden | field if is_hidden else old.display.hidden - field
        return _displayed(old, structs.replace(old.display, hidden=hidden))

    return change


def _busy(word: str) -> Change:
    if word in _NONE:
        number = 0
    elif word == "on":
        number = DEFAULT_BUSY_ABOVE
    elif word.isdecimal() and 1 <= int(word[:9]) <= MAX_BUSY_ABOVE:
        number = int(word)
    else:
        raise BadInput(
            "Write busy and a number from 1 to {limit} events an hour, or busy off.", limit=MAX_BUSY_ABOVE
        )
    return lambda old: structs.replace(old, busy_above=number)


def parse_language(word: str) -> Change:
    """The change to the language with this code or name.

    Raises:
        BadInput: there is none; the text lists them.
    """
    named = {name.casefold(): code for code, name in LANGUAGES.items()}
    code = word.strip().casefold()
    language = code if code in LANGUAGES else named.get(code)
    if language is None:
        raise BadInput(
            "Choose one of: {list}.", list=", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        )
    return lambda old: _displayed(old, structs.replace(old.display, language=language))


def _numbers(word: str) -> Change:
    """Return how numbers are written: by the language, or by a format of its own."""
    if word not in {*NUMBER_FORMATS, _BY_LANGUAGE}:
        raise BadInput("Choose one of: {list}.", list=", ".join([_BY_LANGUAGE, *NUMBER_FORMATS]))
    numbers = "" if word == _BY_LANGUAGE else word
    return lambda old: _displayed(old, structs.replace(old.display, numbers=numbers))


def _displayed(old: ChatSettings, display: Display) -> ChatSettings:
    return structs.replace(old, display=display)


_WORDS: Mapping[str, Callable[[str], Change]] = {
    "busy": _busy,
    "language": parse_language,
    "numbers": _numbers,
}
