from __future__ import annotations

import signal
from pathlib import Path

from runtime.embedded.engine import ServerFiles, ServerKind

_KIND = ServerKind(
    name="Valkey", short="valkey", process="valkey-server", stop_signals=(signal.SIGTERM,), port_taken="taken"
)


def test_all_files_of_a_server_lie_under_its_data_folder_and_bear_its_name() -> None:
    files = ServerFiles(home=Path("/data"), kind=_KIND)
    paths = [files.folder, files.log, files.port, files.password, files.lock]
    assert all(path.is_relative_to("/data") and path.name.startswith("valkey") for path in paths)
    assert len(set(paths)) == 5
