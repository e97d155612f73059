"""`python -m sandbox check`: start everything on fresh data, run a scenario, print and judge the messages."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox.actors.config import SimulationConfig
from sandbox.check.chat_driver import ChatDriver, NoAnswerError
from sandbox.check.judge import Verdict, percentile
from sandbox.check.live_scenario import LiveScenario, whales
from sandbox.check.replayed_scenario import ReplayedScenario
from sandbox.check.system import SystemFailedError, last_output, running_system, settings_of
from sandbox.local import LocalConfig, LocalSandbox

_REPLAY_PER_SLOT = 50
_MAX_LISTED = 10


def run_check(*, replay: Path | None = None, keep: Path | None = None) -> int:
    """Run the scenario of whales, or of the recorded transactions in `replay`.

    Args:
        replay: a folder with transactions/ and expected/.
        keep: where the data goes; None: a folder that is removed afterwards.

    Returns:
        0 if the ledger of the sandbox Telegram holds each expected message once and no other, else 1.
    """
    if keep is not None:
        return asyncio.run(_check(keep, replay))
    with tempfile.TemporaryDirectory(prefix="whale-check-", ignore_cleanup_errors=True) as home:
        return asyncio.run(_check(Path(home), replay))


async def _check(home: Path, replay: Path | None) -> int:
    begun = time.monotonic()
    config = LocalConfig(
        active=False,
        simulation=SimulationConfig(whales=whales()),
        replay=replay,
        replay_per_slot=_REPLAY_PER_SLOT,
    )
    try:
        async with LocalSandbox(config) as sandbox, running_system(sandbox, home):
            driver = ChatDriver(sandbox, coalesce_seconds=settings_of(sandbox, home).coalesce_seconds)
            scenario = LiveScenario(driver) if replay is None else ReplayedScenario(driver, replay)
            try:
                verdict = await scenario.run()
            finally:
                _print(driver.transcript(scenario.people[:2]))
            _report(verdict, sandbox)
    except (NoAnswerError, SystemFailedError) as error:
        _print([f"FAILED: {error}", last_output(home)])
        return 1
    _print([f"took {time.monotonic() - begun:.1f} s"])
    return 0 if verdict.is_clean else 1


def _report(verdict: Verdict, sandbox: LocalSandbox) -> None:
    block, confirmed = _latencies(verdict, sandbox)
    _print(
        [
            "",
            _counts(verdict),
            *(f"  missing: slot {one.slot:,} {one.signature}" for one in verdict.missing[:_MAX_LISTED]),
            *(f"  surplus: {one.text!r}" for one in verdict.surplus[:_MAX_LISTED]),
            _times("block produced → message accepted", block),
            _times("block confirmed → message accepted", confirmed),
        ]
    )


def _counts(verdict: Verdict) -> str:
    matched, missing, surplus = map(len, (verdict.matched, verdict.missing, verdict.surplus))
    return f"messages: {matched} as expected, {missing} missing, {surplus} surplus"


def _latencies(verdict: Verdict, sandbox: LocalSandbox) -> tuple[list[float], list[float]]:
    """Seconds from the block, and from its confirmation, to the acceptance of each message."""
    produced, lag = sandbox.produced_at, sandbox.chain.config.confirmed_lag
    block: list[float] = []
    confirmed: list[float] = []
    for one, message in verdict.matched:
        later = [at for slot, at in produced.items() if slot >= one.slot + lag]
        if one.slot in produced and later:
            block.append(message.at - produced[one.slot])
            confirmed.append(message.at - min(later))
    return block, confirmed


def _times(what: str, seconds: Sequence[float]) -> str:
    p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return f"{what}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms over {len(seconds)}"


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
