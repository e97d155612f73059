"""What goes along with an image is listed, by name, version and licence."""

import re
from importlib.metadata import distribution

from tools.licences import LIST, LOCK, NOT_STATED, licence_of, packages, pinned, third_party, unicode_version

UNSTATED = {"jsonalias"}
"""Three lines of types that solders' author published without a licence; solders asks for it."""


def test_the_list_is_that_of_the_lock_file() -> None:
    found = list(packages(LOCK.read_text(encoding="utf-8")))
    assert LIST.read_text(encoding="utf-8") == third_party(found, unicode_version()), "run `make licences`"


def test_every_package_says_its_licence_but_those_we_know_of() -> None:
    rows = re.findall(r"^\| ([\w.\-]+) \| [^|]+ \| (.+) \|$", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    licences = dict(rows[2:] if rows[0][0] == "package" else rows)
    assert len(licences) > 50
    assert {name for name, licence in licences.items() if licence == NOT_STATED} <= UNSTATED


def test_what_is_for_other_pythons_is_not_listed() -> None:
    lock = (
        "one==1.0 \\\n    --hash=sha256:00\n"
        "two[x]==2.0 ; python_full_version < '3.8' \\\n    --hash=sha256:00\n"
        "three==3.0 ; sys_platform != 'emscripten' \\\n    --hash=sha256:00\n"
    )
    assert pinned(lock) == [("one", "1.0"), ("three", "3.0")]


def test_older_ways_of_saying_it_are_understood() -> None:
    assert licence_of(distribution("certifi")) == "MPL-2.0"
    assert licence_of(distribution("uvloop")) == "Apache-2.0 OR MIT"
    assert licence_of(distribution("solders")) == "Apache-2.0"


def test_the_licence_of_the_data_that_we_ship_is_there() -> None:
    assert unicode_version().startswith("Unicode ")
    text = (LIST.parent / "LICENSES" / "Unicode-3.0.txt").read_text(encoding="utf-8")
    assert text.startswith("UNICODE LICENSE V3")
    assert "THE DATA FILES AND SOFTWARE ARE PROVIDED" in text
