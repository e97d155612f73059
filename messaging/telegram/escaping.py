"""Makes foreign text harmless before it stands in a message: names cleaned, everything escaped. Pure.

A name is harmless when no client of Telegram makes a link of any part of it, wherever it is cut and
whatever stands beside it. So the signs that links are made of are replaced by others that look the same,
each by itself: `.` by ONE DOT LEADER, `@` by its full-width form; long numbers are divided. Nothing else
that can be seen is taken out, but signs by which our messages say what happened (🟢, ✅, →).
"""

import html
import re
import unicodedata
from functools import lru_cache

MAX_CHAIN_TEXT = 16
_TAG = re.compile(r"<[^<>]*>")
_HARMLESS = {
    "․": "．。｡",  # host names, with the dot that does not end a sentence
    "＠": "@",  # mentions, mail addresses
    "＃": "#",
    "＄": "$",
    "∕": "/",  # commands, paths, tg://
}
"""ONE DOT LEADER and others, with the signs for which they stand."""
_OUR_SIGNS = frozenset(
    "🟢🔴🟡🟠🔵🟣🟤⚪⚫🟩🟥🟨🟧🟦🟪🟫⬜⬛"
    "✅✔☑✓🗸🗹❌❎✖✗✘☒➖➕⚠❔❓❕❗⁉‼🛑⛔🚫🚨🛡⚡🔥❄🌫🐢🐋🐳"
    "🎯☀🏆🔔🔕🔄♻🔁🔒🔓📣📢📋📄📥📤📬📨📭📚🗂🗑🖼🧾🏦🏧💰💲💧🚰🪙✨✏🤏👋🧹🎬🤫⚙📉📈💼📒🌙🏁🔭🔎🔍🚦⏳⌛⏱⏸⏹▶◀↩"
    "→⇒⟶➔➜➝➞➡⮕↦▸►≠✋🔇📜±⏰▫⭐🏷👤👥💱💵📊📏📦🔗🕐🙈🚪🤖🧩🧪🌐💳🧵🔌⚖"
)
"""By these our messages say what happened; a name with one of them would speak in our voice."""
_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols that show nothing, although Unicode does not call them spaces or formats."""
_MARKS = frozenset({"Mn", "Me", "Mc"})
_MAX_MARKS = 2
"""Marks on one letter; more are heaped up only to spill over other lines."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PICTOGRAPHS = frozenset(map(chr, range(0x1F000, 0x1FB00)))
"""Emoji, those included that are younger than this Python's tables: the room is kept for them."""
_SEPARATOR = re.compile(r"(?<!\S)[·•∙⋅‧](?!\S)")
"""Between words it parts our facts from each other."""
_DOT = re.compile(r"\.(?![\s…]|$)")
_CLOCK = re.compile(r"(?<=\d):(?=\d)")
_PLUS = re.compile(r"\+(?=\(?\d)")
_LONG_NUMBER = re.compile(r"(?<![\d＋])\d(?:[^\w’…]*\d){4,}|\d(?:[^\w’…]*\d){6,}|\d{5,}")
"""As long as telephone numbers and cards are, however divided, or may be beside an amount of three digits.

Not so the two ends of an address, `So11…1112`: what was left out between them divides them already."""
_DIGITS = re.compile(r"\d+")
_MAX_GROUP = 4
"""Digits that are left together in a long number: years, and the parts of cards."""
_FAR_MORE = 16
"""Characters that are read for each one that is shown: hidden ones may stand between them."""


def escape(text: str) -> str:
    """Any text as Telegram HTML that shows exactly this text, in content and in quoted attributes."""
    return text if text.isalnum() else html.escape(text, quote=True)  # most names need no check of each sign


def plain(text: str) -> str:
    """What a reader sees of Telegram HTML made here: the fall-back when Telegram refuses the markup."""
    return html.unescape(_TAG.sub("", text))


def clean(text: str, *, limit: int = MAX_CHAIN_TEXT) -> str:
    """Text from the chain or from a person without what could mislead, on one line, not escaped yet.

    Control, bidirectional, zero-width and invisible characters, heaps of marks and our own signs are
    taken out; the rest is in NFC, without anything that Telegram would link, and cut to `limit`
    characters. Cleaning twice changes nothing. A text that shows anything is never empty: of one that has
    nothing but our signs, the first is named in words.
    """
    if len(text) <= limit and text.isascii() and text.isalpha():
        return text
    return _cleaned(text[: limit * _FAR_MORE], limit)


def own_name(text: str, *, limit: int = MAX_CHAIN_TEXT) -> str:
    """A name out of our own tables, such as a venue's, which stands as it is; not escaped yet."""
    return _cut(" ".join(text.split()), limit)


@lru_cache(maxsize=4096)
def _cleaned(text: str, limit: int) -> str:
    composed = unicodedata.normalize("NFC", text)
    visible = " ".join(composed.translate(_VISIBLE).split())
    words = " ".join(_without_heaps(unicodedata.normalize("NFC", visible)).split())
    unlinked = _without_numbers(_DOT.sub("․", _SEPARATOR.sub("-", words)))
    return _cut(unlinked or _sign_in_words(composed), limit)


def _without_numbers(text: str) -> str:
    return _LONG_NUMBER.sub(_divided, _PLUS.sub("＋", _CLOCK.sub("∶", text)))


def _divided(number: "re.Match[str]") -> str:
    """`415-555-0100` as 415’555’0100, `1000000` as 1’000’000: no client calls it."""
    return "’".join(part for group in _DIGITS.findall(number[0]) for part in _thousands(group))


def _thousands(digits: str) -> list[str]:
    if len(digits) <= _MAX_GROUP:
        return [digits]
    ends = range(len(digits) % 3 or 3, len(digits) + 1, 3)
    return [digits[max(end - 3, 0) : end] for end in ends]


def _sign_in_words(text: str) -> str:
    """The name of the first of our signs: `large green circle`; empty: there is none."""
    return next((unicodedata.name(one).lower() for one in text if one in _OUR_SIGNS), "")


_MAX_KEPT = 10_000
"""Characters whose look is kept; hostile names could go through all of Unicode."""


class _Visible(dict[int, str]):
    """What stands for each character in a name; filled as characters come up."""

    def __missing__(self, code: int) -> str:
        form = _visible_form(chr(code))
        if len(self) < _MAX_KEPT:
            self[code] = form
        return form


_VISIBLE = _Visible({ord(sign): harmless for harmless, signs in _HARMLESS.items() for sign in signs})


def _visible_form(character: str) -> str:
    if character.isspace():
        return " "
    if character in _BLANKS or character in _OUR_SIGNS or _is_selector(character):
        return ""
    hidden = unicodedata.category(character) in _HIDDEN and character not in _PICTOGRAPHS
    return "" if hidden else character


def _is_selector(character: str) -> bool:
    """Return whether it only chooses between shapes of the character before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _without_heaps(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    marks = _MAX_MARKS  # none may begin a text
    for character in text:
        is_mark = unicodedata.category(character) in _MARKS
        marks = marks + 1 if is_mark else 0
        if marks <= _MAX_MARKS and (kept or not character.isspace()):
            kept.append(character)
        elif not kept:
            marks = _MAX_MARKS
    return unicodedata.normalize("NFC", "".join(kept))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
