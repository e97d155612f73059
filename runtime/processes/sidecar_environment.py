"""Commands beside a running `make run`: they get the servers and nodes that it provides.

They stand in a file of DATA_DIR. Only its owner may read it, like the password files beside it.
It is there while the system runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FILE = "provided.json"


def write_provided(home: Path, provided: Mapping[str, str]) -> None:
    """Write down the settings that the programs get.

    Raises:
        OSError: it cannot be written.
    """
    staging = home / f"{FILE}.new"
    staging.unlink(missing_ok=True)
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(dict(provided), opened)
    staging.replace(home / FILE)


def remove_provided(home: Path) -> None:
    """The system ends."""
    with contextlib.suppress(OSError):
        (home / FILE).unlink(missing_ok=True)


def provided(home: Path) -> dict[str, str]:
    """The settings that a running system provides; empty when none runs with this folder."""
    try:
        known = json.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in known.items()} if isinstance(known, dict) else {}


def run_sidecar(home: Path, arguments: Sequence[str]) -> int:
    """Run `python -m ARGUMENTS` with what is provided, over what is set; its exit code."""
    environment = {**os.environ, **provided(home)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the operator's own words
