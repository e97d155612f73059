"""Whether a token's symbol looks like a well-known one that it is not. Pure.

Two symbols look alike when nothing is left between them once marks, signs, spaces and hidden characters
are gone, each character is the letter it looks like, and pairs such as `rn` are the letter they make up.
Signs and digits may be meant as letters or as nothing (`U$DC`, `$USDC`), so a symbol has a few readings.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from domain.tokens.glyphs import skeleton_of
from domain.tokens.well_known import NAMES, PINNED, PINNED_CHAINS

MAX_READ = 1_024
"""Characters of a name that are read, hidden ones included: more than are read of any that is shown."""
_REVERSED = "\u202e"
"""Behind it clients show a text from its end."""
_SIGNS_AS_LATIN = str.maketrans(
    {"$": "s", "@": "a", "!": "i", "|": "i", "+": "t", "(": "c", "<": "c", "&": "e"}
)
_DIGITS_AS_LATIN = str.maketrans("0123456789l", "oizeasgtbgi")
_OTHER_SIX = str.maketrans("6", "b")
_PAIRS = str.maketrans({"m": "rn", "w": "vv", "d": "ci"})
"""Letters that two others make up, written as those: `rnSOL` and `mSOL` are then the same."""
_PRAISE = re.compile(r"\b(?:official|verified|real|original|genuine|legit|token|coin)\b", re.IGNORECASE)
"""Words that forgers put beside a symbol."""
_ORNAMENT = re.compile("[™℠©®℗\U0001f1e6-\U0001f1ff]")
"""Trade marks and flags stand beside a symbol, or for letters."""


def imitated(chain: str, mint: str, symbol: str) -> str | None:
    """The well-known symbol that this mint's symbol looks like without being it; None: no imitation known.

    Args:
        chain: where the mint is; on a chain without pinned mints nothing is an imitation.
        mint: the token's own.
        symbol: as the chain says it, hostile.
    """
    if chain not in PINNED_CHAINS or mint in PINNED:
        return None
    return _look_alike_of(symbol[:MAX_READ])


@lru_cache(maxsize=16_384)
def _look_alike_of(symbol: str) -> str | None:
    return next((_OWNERS[reading] for reading in _readings(symbol) if reading in _OWNERS), None)


def _readings(symbol: str) -> Iterator[str]:
    """Return what a symbol may say, in the alphabet in which look-alikes are equal."""
    composed = unicodedata.normalize("NFC", symbol)
    seen = (composed, composed[::-1]) if _REVERSED in composed else (composed,)
    for text in dict.fromkeys((*seen, _ORNAMENT.sub(" ", composed), _PRAISE.sub(" ", composed))):
        bare = "".join(skeleton_of(character) for character in text)
        for outer in dict.fromkeys((bare, bare.strip(_OUTER), _without_signs(bare))):
            yield _joined(outer)
            yield _joined(outer.translate(_OTHER_SIX))


_OUTER = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())


def _without_signs(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _joined(text: str) -> str:
    latin = text.translate(_SIGNS_AS_LATIN).translate(_DIGITS_AS_LATIN)
    return _without_signs(latin).translate(_PAIRS)


_OWNERS = {_joined(name.lower()): symbol for name, symbol in NAMES.items()} | {
    _joined(pinned.symbol.lower()): pinned.symbol for pinned in PINNED.values()
}
"""Which well-known symbol each reading is."""
