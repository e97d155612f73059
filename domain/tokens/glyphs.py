"""Which letters a character looks like, by Unicode's list, by its name, and by a table of ours. Pure.

`confusables.txt` beside this module is shipped data; `tools/confusables.py` says how a new version is
taken in.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).with_name("confusables.txt")


def _read_prototypes() -> dict[str, str]:
    """Character to what it looks like, of Unicode's list."""
    prototypes: dict[str, str] = {}
    for row in _LIST.read_text(encoding="ascii").splitlines():
        if row.startswith("#"):
            continue
        points, _, characters = row.partition(": ")
        prototype = "".join(chr(int(point, 16)) for point in points.split())
        prototypes.update((chr(int(point, 16)), prototype) for point in characters.split())
    return prototypes


_PROTOTYPES = _read_prototypes()
_BY_LATIN = {
    "a": "Λ∀∆ΔДλ卂ﾑᗩ",
    "b": "฿₿ьЬъЪҌƄƅß乃",
    "c": "¢₵©⊂ⅭↃЄ匚ᑕ",
    "d": "∂Ԁԁᗪ",
    "e": "Σ€ЄєεЕ∃Ǝ∈ЭэҽҼ℮℈ξ乇ᗴ",
    "f": "₣Ϝϝƒſ千ᖴҒғ",
    "g": "₲ԌᏀᎶ",
    "h": "Һһհ卄ᕼНнҢң",
    "i": "丨¡ɩι│∣ǀ׀Ӏ",
    "j": "ﾌᒍ",
    "k": "₭Ҝκк",
    "l": "£ㄥᒪ⅃∟",
    "m": "₥Мм爪ᗰЩщ",
    "n": "₦ИиЙйηпПռлЛ∩几ᑎͶͷ₪",
    "o": "ΘθΦφФфØ¤◯○●◉⊙⊕⊗☉⬤⭕ⵔӨөѲѳㄖ口σ",
    "p": "₱卩þÞƿ℗",
    "q": "ϙҀɊ",
    "r": "®ЯяГгᖇƦʀ尺",
    "s": "§$ƧƨՏ∫ƽᔕ丂ട",
    "t": "₮†‡┬⊤⊥┳τтㄒ丅",
    "u": "∪μЦцՍսʋ∐ㄩᑌЧ",
    "v": "√∨∇ѵᐯᏉ",
    "w": "₩ωШшѠѡԝ山ᗯฬ",
    "x": "×✕✖╳⨯ЖжχӾ乂᙭",
    "y": "¥ɏұҰ丫ㄚ",
    "z": "Ƶ乙ℤ",
}  # fmt: skip
_OWN = {character: latin for latin, characters in _BY_LATIN.items() for character in characters}
"""What Unicode's list lacks or sees in another way: it is made for identifiers."""
_LATIN = re.compile(
    r"(?:LATIN|SUPERSCRIPT LATIN|NEGATIVE|REGIONAL INDICATOR|SQUARED|CIRCLED|MODIFIER|TAG).*\bLETTER"
    r"(?: SMALL| CAPITAL| TURNED| REVERSED| OPEN| SCRIPT| INVERTED| SIDEWAYS| INSULAR| EPIGRAPHIC)* ([A-Z])\b"
)
"""The names of Latin letters with strokes, hooks, tails and frames, upright or not."""
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category that show nothing."""
_MARKS = frozenset({"Mn", "Me", "Mc", "Cc", "Cf", "Cn", "Co", "Cs", "Zs", "Zl", "Zp", "Sk"})
_ALPHABETIC = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"})
_MAX_STEPS = 4
"""From a character to what it looks like, to what that looks like; Unicode's own chain has two."""


@lru_cache(maxsize=8192)
def skeleton_of(character: str) -> str:
    """The letters and digits of ASCII that a character looks like, else itself in small; empty: no letter.

    UTS #39 calls it the skeleton; ours knows no difference between large and small.
    What ASCII says is left as it is, signs included: their readings are the reader's choice.
    """
    return _skeleton_of(character, _MAX_STEPS)


def _skeleton_of(character: str, steps: int) -> str:
    if character.isascii():
        return character.lower() if character.isprintable() else ""
    if character in _OWN:
        return _OWN[character]
    if character in _BLANKS or unicodedata.category(character) in _MARKS:
        return ""
    if named := _LATIN.match(unicodedata.name(character, "")):
        return named[1].lower()
    prototype = _PROTOTYPES.get(character) or unicodedata.normalize("NFKD", character)
    if prototype != character and steps:
        return "".join(_skeleton_of(one, steps - 1) for one in prototype)
    return character.lower() if unicodedata.category(character) in _ALPHABETIC else ""
