"""`python -m sandbox check`, as whoever wants to see the whole system prove itself runs it."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.services, pytest.mark.timeout(90)]

ROOT = Path(__file__).parents[2]
LIVE_SECONDS = 60.0
REPLAY_SECONDS = 85.0


async def test_the_live_scenario_is_complete_within_a_minute() -> None:
    output = await _checked([], seconds=LIVE_SECONDS)
    assert "messages: 50 as expected, 0 missing, 0 surplus" in output
    assert re.search(r"block produced → message accepted: p50 \d+ ms, p95 \d+ ms over 50", output)
    assert "Bob presses" in output


@pytest.mark.ledger
async def test_alerts_of_recorded_transactions_are_complete(ledger_dir: Path) -> None:
    output = await _checked(["--replay", str(ledger_dir)], seconds=REPLAY_SECONDS)
    assert re.search(r"messages: [1-9]\d+ as expected, 0 missing, 0 surplus", output)


async def _checked(arguments: Sequence[str], *, seconds: float) -> str:
    """What the check says; it ends by itself, in time and content."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "check", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, output.decode()
    return output.decode()
