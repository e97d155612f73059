"""Writes Unicode's list of characters that look alike in the short form that the product ships.

`python -m tools.confusables confusables.txt > domain/tokens/confusables.txt`, with the file of a new
version from https://www.unicode.org/Public/security/latest/ (or out of a package that ships it). The
tests then say whether forgeries are still found.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_VERSION = re.compile(r"^# Version: (\S+)$", re.MULTILINE)
_DATE = re.compile(r"^# Date: ([\d-]+)", re.MULTILINE)
_ROW = re.compile(r"^([0-9A-F]+) ;\s*([0-9A-F ]+?) ;\s*MA\b", re.MULTILINE)


def short_form(text: str) -> str:
    """The short form: for each prototype one line, `prototype: character…`, all as hexadecimal code points.

    Raises:
        ValueError: it is not Unicode's confusables.txt.
    """
    version, date = _VERSION.search(text), _DATE.search(text)
    rows: dict[str, list[str]] = defaultdict(list)
    for character, prototype in _ROW.findall(text):
        rows[_hexadecimal(prototype)].append(_hexadecimal(character))
    if version is None or date is None or not rows:
        raise ValueError("this is not Unicode's confusables.txt")
    return "\n".join([*_head(version[1], date[1]), *_lines(rows), ""])


def _hexadecimal(points: str) -> str:
    return " ".join(f"{int(point, 16):X}" for point in points.split())


def _head(version: str, date: str) -> Iterator[str]:
    yield "# Characters that look like others: Unicode's UTS #39, in the short form of tools/confusables.py."
    rights = f"Copyright (c) 1991-{date[:4]} Unicode, Inc. Unicode License V3: LICENSES/Unicode-3.0.txt"
    yield f"# Unicode {version}, {date}. {rights}"


def _lines(rows: dict[str, list[str]]) -> Iterator[str]:
    for prototype in sorted(rows, key=lambda points: [int(point, 16) for point in points.split()]):
        yield f"{prototype}: {' '.join(sorted(rows[prototype], key=lambda point: int(point, 16)))}"


if __name__ == "__main__":
    sys.stdout.write(short_form(Path(sys.argv[1]).read_text(encoding="utf-8-sig")))
