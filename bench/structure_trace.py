"""Notes which modules of a checkout run, and when. Python loads it as `sitecustomize` into every program.

`bench/structure.py` copies it into a folder on PYTHONPATH, sets the variables below and reads what it writes:
for each module the numbers of the 50 ms in which any function of it was called or continued.
"""

import contextlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

BUCKET_SECONDS = 0.05
_ROOT = os.environ.get("STRUCTURE_ROOT", "")
_FOLDER = os.environ.get("STRUCTURE_FOLDER", "")
_WRITE_SECONDS = 1.0

_modules: dict[str, set[int]] = {}


def _note(frame: FrameType, event: str, _arg: Any) -> None:
    if event == "call":
        file = frame.f_code.co_filename
        if file.startswith(_ROOT) and frame.f_code.co_name != "<module>":
            _modules.setdefault(file, set()).add(int(time.time() / BUCKET_SECONDS))


def _write_for_ever(path: Path) -> None:
    while True:
        time.sleep(_WRITE_SECONDS)
        with contextlib.suppress(RuntimeError):  # a set grew while it was copied: the next time will do
            text = json.dumps({file: sorted(buckets) for file, buckets in list(_modules.items())})
            path.with_suffix(".new").write_text(text, encoding="utf-8")
            path.with_suffix(".new").replace(path)


if _ROOT and _FOLDER and os.environ.get("INSTANCE_ID"):
    _path = Path(_FOLDER) / f"{os.environ['INSTANCE_ID']}-{os.getpid()}.json"
    threading.Thread(target=_write_for_ever, args=(_path,), daemon=True).start()
    threading.setprofile(_note)
    sys.setprofile(_note)
