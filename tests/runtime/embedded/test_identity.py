from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.embedded.engine import EmbeddedError
from runtime.embedded.identity import Identity, first_closed_folder, other_than_root

_NOBODY = 65534


def test_the_topmost_closed_folder_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    closed, inner = tmp_path / "closed", tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    closed.chmod(0o700)
    inner.chmod(0o700)
    found = first_closed_folder(inner / "file", _NOBODY, _NOBODY)
    assert found is not None
    assert closed.is_relative_to(found)
    assert first_closed_folder(Path("/tmp/file"), _NOBODY, _NOBODY) is None


def test_owner_group_and_others_pass_by_their_own_bits(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o610)
    status = folder.stat()
    assert first_closed_folder(folder / "file", status.st_uid, status.st_gid) == folder


def test_without_setpriv_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    identity = Identity(uid=1, gid=1, name="nobody", closed=Path("/root"))
    with pytest.raises(EmbeddedError, match=r"nobody may not pass through /root .*ordinary user"):
        identity.command(["postgres"], "INT")


@pytest.mark.skipif(os.geteuid() == 0, reason="is about ordinary users")
def test_an_ordinary_user_stays_who_they_are(tmp_path: Path) -> None:
    assert other_than_root(tmp_path, (tmp_path,)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_becomes_the_owner_of_the_data_or_somebody_harmless(tmp_path: Path) -> None:
    harmless = other_than_root(tmp_path / "data", ())
    assert harmless is not None
    assert harmless.name in {"postgres", "nobody"}
    os.chown(tmp_path, _NOBODY, _NOBODY)
    owner = other_than_root(tmp_path / "data", (tmp_path,))
    assert owner is not None
    assert owner.uid == _NOBODY
