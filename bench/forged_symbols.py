"""Makes symbols that look like well-known ones, as forgers make them: the yardstick of the detector.

It was written before `domain/tokens/look_alikes.py`, knows nothing of it and of Unicode's list, and works
by what letters look like. The same seed makes the same forgeries.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

SEEDS = (20261128, 7, 4_242, 99_991)
"""Kept, so that a forgery that once passed is made again."""

_GLYPHS = {
    "A": "АΑᎪꓮ𝐀𝖠ＡÁÀÄÅĀȺᴀΛ4@ᗩ",
    "B": "ВΒᏴꓐＢƁḂʙ8฿₿ßᗷ",
    "C": "СϹᏟꓚⅭＣÇČĆᴄ©₵ȻᑕƇ",
    "D": "ᎠꓓⅮＤÐĐƉĎᴅᗪḌ",
    "E": "ЕΕᎬꓰＥЄƐÉĒĔË∃Σ€3ᴇℰĖ",
    "F": "ϜꓝＦƑꜰ₣ᖴ",
    "G": "ԌᏀꓖＧĞǤĜɢ6₲Ꮐ",
    "H": "НΗᎻꓧＨĦĤʜℍҢᕼ",
    "I": "ІΙӀꓲⅠＩÍÏƗɪ1l|!İ",
    "J": "ЈᎫꓙＪĴɈᴊᒍ",
    "K": "КΚᏦꓗKＫĶƘᴋ₭Қ",
    "L": "ᏞꓡⅬＬŁĽĹʟ£ᒪ",
    "M": "МΜϺᎷꓟⅯＭṂᴍᗰ",
    "N": "ΝꓠＮÑŃŇИɴ₦ᑎ",
    "O": "ОΟՕꓳＯÖØŐŌᴏ0ΘⵔỌ",
    "P": "РΡᏢꓑＰṔƤᴘ₱ᑭ",
    "Q": "ԚℚＱ",
    "R": "ᎡꓣＲŔŘЯƦʀ®ᖇ",
    "S": "ЅՏᏚꓢＳŚŠŞꜱ5$§Ƨᔕ",
    "T": "ТΤᎢꓔＴŦŤŢᴛ₮7⊤†",
    "U": "ՍꓴＵÜÚŮᴜЦɄ∪ᑌ",
    "V": "ѴᏙꓦⅤＶᴠ√ᐯ",
    "W": "ԜᎳꓪＷŴШᴡ₩ᗯ",
    "X": "ХΧꓫⅩＸ×✕Ж᙭",
    "Y": "УΥҮꓬＹÝŸ¥ʏ",
    "Z": "ΖᏃꓜＺŽŹᴢ2Ƶ",
    "a": "аαɑａáàäå@ạā",
    "b": "Ьƅｂḃ6ƀ",
    "c": "сϲⅽｃ¢çćᴄ",
    "d": "ԁⅾｄđɗḍ",
    "e": "еҽｅéëė℮ε€ē",
    "f": "ƒｆſḟ",
    "g": "ɡｇğ9ġ",
    "h": "һհｈĥħ",
    "i": "іⅰｉíïı1l!ι",
    "j": "јｊĵʝ",
    "k": "кκｋķ",
    "l": "ӏⅼｌĺł1I|",
    "m": "ⅿｍм₥ṃ",
    "n": "ոｎñńηпņ",
    "o": "оοօｏöøó0σ",
    "p": "рρｐƥṗ",
    "q": "ԛｑ",
    "r": "гｒŕř",
    "s": "ѕꜱｓśš$5ş",
    "t": "ｔťţτт†ŧ",
    "u": "սυｕüúцʋ",
    "v": "ѵνⅴｖᴠ",
    "w": "ԝѡωｗŵш",
    "x": "хχⅹｘ×",
    "y": "уγｙýÿү",
    "z": "ｚžźᴢ2",
}
_PAIRS = {"m": ("rn",), "w": ("vv",), "W": ("VV",), "d": ("cl",)}
"""Letters that two others make up."""
_STYLES = (
    (0x1D400, 0x1D41A),  # bold
    (0x1D468, 0x1D482),  # bold italic
    (0x1D4D0, 0x1D4EA),  # bold script
    (0x1D56C, 0x1D586),  # bold fraktur
    (0x1D5A0, 0x1D5BA),  # sans-serif
    (0x1D5D4, 0x1D5EE),  # sans-serif bold
    (0x1D670, 0x1D68A),  # monospace
    (0xFF21, 0xFF41),  # full width
    (0x24B6, 0x24D0),  # circled
    (0x1F130, 0x1F130),  # squared
    (0x1F150, 0x1F150),  # negative circled
    (0x1F170, 0x1F170),  # negative squared
    (0x1F1E6, 0x1F1E6),  # flags
    (0x1F110, 0x249C),  # in brackets
)
_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ"
_RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ"
_SYLLABICS = "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭQᖇᔕTᑌᐯᗯ᙭YZ"
_STROKES_OF_HAN = "卂乃匚ᗪ乇千Ꮆ卄丨ﾌҜㄥ爪几ㄖ卩Ɋ尺丂ㄒㄩᐯ山乂ㄚ乙"
_MARKS = (
    "\u0300\u0301\u0302\u0303\u0304\u0307\u0308\u030a\u0323\u0331\u0332\u0335\u0336\u0338\u20dd\u20de\u20e3"
)
_HIDDEN = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202d\u202e"
    "\u2060\u2066\u2069\ufe0e\ufe0f\ufeff\u3164\U000e0041"
)
_BLANKS = " \u00a0\u2009\u202f\u3000\t\u2800"
_AROUND = (
    "{}.", "{},", "{}!", "{}?", "{}-", "_{}_", "*{}*", '"{}"', "“{}”", "'{}'", "({})", "[{}]", "«{}»",
    "~{}", "${}", "#{}", "@{}", "{}™", "{}®", "{}©", "{}+", "{};", "{}:",
    "·{}·", "•{}", "{}…", "={}=", "{}°", "`{}`", "{}\\", "/{}",
)  # fmt: skip
_EMOJI = "✅✔☑💵💰🔥🚀💎🟢🔵⭐🌟🪙🇺🇸👑🐶🐧🎯✨❤⚡"
_WORDS = ("official", "Official", "verified", "VERIFIED", "real", "original", "✅ verified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A symbol that was made to be taken for another."""

    of: str
    """The symbol that it imitates."""
    symbol: str
    trick: str
    """How it was made."""


def forgeries(symbols: Sequence[str], number: int, seed: int) -> Iterator[Forgery]:
    """Forgeries of these symbols, all tricks by turns, each once."""
    chance = random.Random(seed)
    made = set(symbols)
    tricks = cycle(_TRICKS.items())
    while len(made) < number + len(set(symbols)):
        of = chance.choice(symbols)
        name, trick = next(tricks)
        symbol = trick(of, chance)
        if symbol not in made:
            made.add(symbol)
            yield Forgery(of=of, symbol=symbol, trick=name)


def _some(of: str, chance: random.Random) -> set[int]:
    return set(chance.sample(range(len(of)), chance.randint(1, len(of))))


def _glyphs(of: str, chance: random.Random) -> str:
    some = _some(of, chance)
    return "".join(
        chance.choice(_GLYPHS.get(one, one)) if index in some else one for index, one in enumerate(of)
    )


def _one_glyph(of: str, chance: random.Random) -> str:
    index = chance.randrange(len(of))
    return of[:index] + chance.choice(_GLYPHS.get(of[index], of[index])) + of[index + 1 :]


def _pairs(of: str, chance: random.Random) -> str:
    cased = "".join(chance.choice((one.lower(), one)) for one in of)
    return "".join(chance.choice(_PAIRS[one]) if one in _PAIRS else one for one in cased) or of


def _style(of: str, chance: random.Random) -> str:
    upper, lower = chance.choice(_STYLES)
    return "".join(_styled(one, upper, lower) for one in of)


def _styled(one: str, upper: int, lower: int) -> str:
    start, first = (upper, "A") if one.isupper() else (lower, "a")
    return chr(start + ord(one) - ord(first)) if one.isascii() and one.isalpha() else one


def _font(of: str, chance: random.Random) -> str:
    alphabet = chance.choice((_SMALL_CAPITALS, _RAISED, _SYLLABICS, _STROKES_OF_HAN))
    return "".join(alphabet[ord(one.lower()) - ord("a")] if one.isalpha() else one for one in of)


def _marks(of: str, chance: random.Random) -> str:
    some = _some(of, chance)
    return "".join(
        one + "".join(chance.choices(_MARKS, k=chance.randint(1, 3))) if index in some else one
        for index, one in enumerate(of)
    )


def _hidden(of: str, chance: random.Random) -> str:
    return _inserted(of, _HIDDEN, chance)


def _blanks(of: str, chance: random.Random) -> str:
    return _inserted(of, _BLANKS, chance)


def _inserted(of: str, what: str, chance: random.Random) -> str:
    characters = list(of)
    for _ in range(chance.randint(1, 4)):
        characters.insert(chance.randint(0, len(characters)), chance.choice(what))
    return "".join(characters)


def _around(of: str, chance: random.Random) -> str:
    return chance.choice(_AROUND).format(of)


def _between(of: str, chance: random.Random) -> str:
    return chance.choice(".-_·'•*~").join(of)


def _emoji(of: str, chance: random.Random) -> str:
    sign = "".join(chance.choices(_EMOJI, k=chance.randint(1, 3)))
    return chance.choice((f"{of} {sign}", f"{sign}{of}", f"{sign} {of}", f"{of}{sign}"))


def _case(of: str, chance: random.Random) -> str:
    return "".join(chance.choice((one.lower(), one.upper())) for one in of)


def _digits(of: str, chance: random.Random) -> str:
    digits = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8", "g": "6"}
    some = _some(of, chance)
    return "".join(digits.get(one.lower(), one) if index in some else one for index, one in enumerate(of))


def _words(of: str, chance: random.Random) -> str:
    word = chance.choice(_WORDS)
    return chance.choice((f"{of} {word}", f"{word} {of}"))


def _several(of: str, chance: random.Random) -> str:
    symbol = of
    for trick in chance.sample((_glyphs, _hidden, _around, _emoji, _marks, _blanks, _case), 2):
        symbol = trick(symbol, chance)
    return symbol


_TRICKS: dict[str, Callable[[str, random.Random], str]] = {
    "glyphs": _glyphs,
    "one glyph": _one_glyph,
    "pairs": _pairs,
    "style": _style,
    "font": _font,
    "marks": _marks,
    "hidden": _hidden,
    "blanks": _blanks,
    "around": _around,
    "between": _between,
    "emoji": _emoji,
    "case": _case,
    "digits": _digits,
    "words": _words,
    "several": _several,
}
