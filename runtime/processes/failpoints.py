"""Points at which a test kills a process: WHALE_WATCHER_FAILPOINT=marked kills it at the first `marked`.

WHALE_WATCHER_FAILPOINT=accepted:3 kills it at the third. Only tests set it; unset, a failpoint does nothing.

decoded    a scanner has decoded transactions and stored nothing
storing    activities and alerts are written and not committed
stored     they are committed, the dispatcher is not woken yet
claimed    a sender has claimed deliveries and not marked them
marked     `sending` is committed, Telegram is not called yet
accepted   Telegram has accepted the message, the result is not recorded
noting     the result is written and not committed
noted      the result is committed
fan-out    decisions are written and not committed
fanned-out deliveries are committed, no sender is called yet
"""

from __future__ import annotations

import os
import signal


def _parsed(text: str) -> tuple[str, int]:
    name, _, count = text.partition(":")
    return name, int(count) if count.isdigit() else 1


_NAME, _LEFT = _parsed(os.environ.get("WHALE_WATCHER_FAILPOINT", ""))
_left = [_LEFT]


def failpoint(name: str) -> None:
    """Kill the process here, as by kill -9, if WHALE_WATCHER_FAILPOINT names this point."""
    if name != _NAME:
        return
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
