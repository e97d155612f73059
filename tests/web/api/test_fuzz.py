"""What the API's own document allows is asked of it, and breaks nothing. `make fuzz-api` does so for long."""

import asyncio
import sys
from pathlib import Path

import pytest

from bench.fuzz_api import command
from domain.access import Scope
from tests.web.conftest import OPERATOR, Web

pytestmark = pytest.mark.services


async def test_everything_that_the_document_allows_is_answered_as_it_says(web: Web, tmp_path: Path) -> None:
    key = await web.key(OPERATOR, Scope.READ, Scope.WRITE, Scope.ADMIN)
    words = command(f"{web.url}/api/v1/openapi.json", key, examples=1, seed=1)
    running = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path
    )
    said, _ = await running.communicate()
    assert running.returncode == 0, said.decode()[-4_000:]
    assert words[0] == sys.executable
