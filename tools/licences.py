"""Lists whose work goes along with an image, and under which licence: `make licences` writes THIRD_PARTY.md.

What the licences are is read from the packages themselves, as they are installed; their texts lie beside
each of them in the image (`*.dist-info`). A test compares the list with `requirements/run.lock`.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "run.lock"
LIST = ROOT / "THIRD_PARTY.md"
_PIN = re.compile(r"^(?P<pin>[\w.\-]+(?:\[[\w,\-]+\])?==[^\s\\]+(?: ; [^\\\n]+)?)", re.MULTILINE)
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache Software License, MIT License": "Apache-2.0 OR MIT",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Older names by SPDX' identifiers."""
_BY_TEXT = {"resvg_py": "MIT", "solders": "Apache-2.0"}
"""What says its licence by its text alone: read by a person."""
NOT_STATED = "not stated by the package"
_HEAD = """\
# Third-party work

What an image of Whale Watcher gives away besides Whale Watcher (MIT, [LICENSE](LICENSE)). Written by
`make licences` from the packages that `requirements/run.lock` pins, for Python 3.11 on Linux; their
licence texts lie in the image, in `/opt/venv/lib/python3.11/site-packages/*.dist-info`. No pictures of
others are shipped.

- **Unicode's list of characters that look alike** (`domain/tokens/confusables.txt`, {unicode}): Unicode
License V3, [LICENSES/Unicode-3.0.txt](LICENSES/Unicode-3.0.txt). - **The fonts of charts**, DejaVu Sans
2.37, cut to the letters that charts use (`messaging/telegram/charts/fonts`): Bitstream Vera's licence,
[LICENSES/Bitstream-Vera.txt](LICENSES/Bitstream-Vera.txt); and Droid Sans Fallback of Android 6.0.1, cut
to the signs of the Chinese texts by `tools/chart_font.py`: Apache License 2.0,
[LICENSES/Apache-2.0.txt](LICENSES/Apache-2.0.txt). - **uPlot** (`web/pages/static/uplot.*`, the charts of
the page): MIT, [LICENSES/uPlot.txt](LICENSES/uPlot.txt). - **The base image** (`python:…-slim-bookworm`)
brings Debian and Python; their licences lie in `/usr/share/doc/*/copyright`
and in `/usr/local/lib/python3.11/LICENSE.txt`. - Licences of the LGPL family (psycopg,
python-telegram-bot) are met by using the packages unchanged, as separate files that may be replaced. - An
image built with `LOCK=tracing` also holds OpenTelemetry's SDK and exporter, googleapis-common-protos and
requests (Apache-2.0), protobuf (BSD-3-Clause) and charset-normalizer (MIT).

| package | version | licence |
|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that is pinned for this platform."""

    name: str
    version: str
    licence: str


def pinned(lock: str) -> list[tuple[str, str]]:
    """Name and version of each package of a lock file that is installed on this Python and system."""
    requirements = [Requirement(found["pin"]) for found in _PIN.finditer(lock)]
    return [
        (one.name, next(iter(one.specifier)).version)
        for one in requirements
        if one.marker is None or one.marker.evaluate()
    ]


def packages(lock: str) -> Iterator[Package]:
    """The packages of a lock file with their licences.

    Raises:
        PackageNotFoundError: one is not installed here; `make setup` does it.
    """
    for name, version in pinned(lock):
        yield Package(name=name, version=version, licence=licence_of(distribution(name)))


def licence_of(package: Distribution) -> str:
    """Its licence as an SPDX expression, by its own word; NOT_STATED: it says nothing."""
    stated = _field(package, "License-Expression") or _BY_TEXT.get(package.name)
    if stated:
        return stated
    classifiers = [
        one for one in package.metadata.get_all("Classifier") or () if one.startswith("License ::")
    ]
    names = ", ".join(sorted(one.rpartition(" :: ")[2] for one in classifiers))
    first = _field(package, "License").strip().partition("\n")[0]
    return _SPDX.get(names) or _SPDX.get(first) or first or NOT_STATED


def _field(package: Distribution, name: str) -> str:
    values: list[str] = package.metadata.get_all(name) or [""]
    return values[0]


def third_party(found: Sequence[Package], unicode: str) -> str:
    """The text of THIRD_PARTY.md."""
    rows = "".join(f"| {one.name} | {one.version} | {one.licence} |\n" for one in found)
    return _HEAD.format(unicode=unicode) + rows


def unicode_version() -> str:
    """`Unicode 18.0.0`, as the data say themselves."""
    data = (ROOT / "domain" / "tokens" / "confusables.txt").read_text(encoding="ascii")
    return data.splitlines()[1].removeprefix("# ").partition(",")[0]


def main() -> int:
    """Write the list."""
    found = list(packages(LOCK.read_text(encoding="utf-8")))
    LIST.write_text(third_party(found, unicode_version()), encoding="utf-8")
    unstated = [one.name for one in found if one.licence == NOT_STATED]
    print(f"{LIST.name}: {len(found)} packages; no licence stated: {', '.join(unstated) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
