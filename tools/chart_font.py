"""Cuts the font of Chinese pictures to the signs of the Chinese texts; needs the whole font and fonttools.

python -m tools.chart_font /usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf
"""

import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from messaging.languages.loading import path_of
from messaging.telegram.charts.png import FOLDER

CATALOGUE = path_of("zh")
FONT = FOLDER / "DroidSansFallback.ttf"
_DATES = "年月日星期时分秒上下午"
"""Dates are no texts of the catalogue."""
_FIRST = 0x2E80
"""From here on, ideographs and their punctuation, the other fonts have no letters."""
_SELECTORS = 0xFE00
_FULL_WIDTH = frozenset(map(chr, range(0xFF01, 0xFF5F)))


def signs_of(catalogue: Path = CATALOGUE) -> str:
    """The signs of the texts that the other fonts lack, in order."""
    with catalogue.open("rb") as file:
        messages = [message.string for message in read_po(file)]
    texts = [_DATES, *("".join(one or ()) for one in messages)]
    found = {sign for text in texts for sign in text if _FIRST <= ord(sign) < _SELECTORS}
    return "".join(sorted(found | {sign for text in texts for sign in text if sign in _FULL_WIDTH}))


def cut(whole: Path, signs: str) -> None:
    """Write the font with these signs alone."""
    options = [f"--text={signs}", f"--output-file={FONT}", "--layout-features=", "--no-hinting"]
    subprocess.run([sys.executable, "-m", "fontTools.subset", str(whole), *options], check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    cut(Path(sys.argv[1]), signs_of())
