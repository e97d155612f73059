from __future__ import annotations

import errno
import signal
from pathlib import Path

import pytest

from runtime.embedded.engine import ServerFiles, ServerKind, explain_log, explain_os_error

_KIND = ServerKind(
    name="Valkey", short="valkey", process="valkey-server", stop_signals=(signal.SIGTERM,), port_taken="taken"
)
_FOLDER = Path("/somewhere/.data")


def test_all_files_of_a_server_lie_under_its_data_folder_and_bear_its_name() -> None:
    files = ServerFiles(home=Path("/data"), kind=_KIND)
    paths = [files.folder, files.log, files.port, files.password, files.lock]
    assert all(path.is_relative_to("/data") and path.name.startswith("valkey") for path in paths)
    assert len(set(paths)) == 5


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "sudo chown"),
        (errno.EPERM, "sudo chown"),
        (errno.ENOTDIR, "in the way"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence_with_advice(number: int, part: str) -> None:
    sentence = str(explain_os_error(OSError(number, "Input/output error"), _FOLDER))
    assert part in sentence
    assert str(_FOLDER) in sentence


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("LOG: a\nFATAL:  No space left on device\n", "disk is full"),
        ("FATAL: wrote only 4096\nHINT:  Check free disk space.", "disk is full"),
        ("LOG: a\nFATAL:  data directory is odd\nLOG: b\n", "FATAL:  data directory is odd"),
        ("setpriv: setresuid failed\n", "setresuid failed"),
        ("", "it said nothing"),
    ],
)
def test_a_log_becomes_a_sentence(said: str, part: str) -> None:
    sentence = str(explain_log(said, "PostgreSQL", Path("/x.log")))
    assert sentence.startswith("PostgreSQL does not start: ")
    assert part in sentence
    assert "/x.log" in sentence
