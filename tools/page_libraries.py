"""Takes the page's libraries in again with `npm pack`: `python -m tools.page_libraries 1.6.32`.

The page has no build step: the files that a package ships are committed as they are, with the SHA-384 that
browsers check (web/pages/libraries.json, and `integrity` in index.html). A test compares all three.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIST = ROOT / "web" / "pages" / "libraries.json"
STATIC = ROOT / "web" / "pages" / "static"
DOCUMENT = STATIC / "index.html"


def sha384(content: bytes) -> str:
    """The hash of a file as `integrity` has it, without its prefix."""
    return base64.b64encode(hashlib.sha384(content).digest()).decode()


def take_in(version: str) -> None:
    """Replace the files by those of a version, with their hashes in list and document.

    Raises:
        CalledProcessError: npm does not give the package.
    """
    known: dict[str, Any] = json.loads(LIST.read_text(encoding="utf-8"))
    document = DOCUMENT.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{known['package']}@{version}"]
        packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
        with tarfile.open(Path(folder) / packed.stdout.strip()) as archive:
            archive.extractall(folder, filter="data")
        source = Path(folder) / "package"
        (ROOT / known["licence"]).write_bytes((source / "LICENSE").read_bytes())
        for name, file in known["files"].items():
            content = (source / file["from"]).read_bytes()
            (STATIC / name).write_bytes(content)
            document = document.replace(file["sha384"], sha384(content))
            file["sha384"] = sha384(content)
    known["version"] = version
    LIST.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    take_in(sys.argv[1])
