"""What programs write is for their own user alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from runtime.embedded.privacy import make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "log").mkdir(parents=True)
    (data / "postgres" / "base").mkdir(parents=True)
    written = [data / "run.json", data / "log" / "bot.log", data / "postgres" / "base" / "1"]
    for file in written:
        file.write_text("x")
        file.chmod(0o644)
    for folder in (data, data / "log", data / "postgres"):
        folder.chmod(0o755)
    make_private(data)
    assert {mode(file) for file in written} == {0o600}
    assert {mode(folder) for folder in (data, data / "log", data / "postgres")} == {0o700}


def test_what_is_not_ours_stays_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "photos").mkdir(parents=True)
    other = shared / "photos" / "one.jpg"
    other.write_text("x")
    other.chmod(0o644)
    shared.chmod(0o1777)
    (shared / "link").symlink_to(other)
    make_private(shared)
    assert mode(shared) == 0o1777
    assert mode(other) == 0o644


def test_a_program_that_keeps_private_writes_for_its_owner_alone(tmp_path: Path) -> None:
    code = (
        "from runtime.embedded.privacy import keep_private; import os, pathlib, sys; keep_private();"
        "home = pathlib.Path(sys.argv[1]); (home / 'folder').mkdir(); (home / 'file').write_text('x')"
    )
    before = os.umask(0o022)
    try:
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "folder"), mode(tmp_path / "file")) == (0o700, 0o600)
