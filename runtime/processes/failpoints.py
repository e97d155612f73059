"""Points at which a test lets a process die: WHALE_FAULT=marked kills it at the first `marked`.

`WHALE_FAULT=accepted:3` kills at the third. Nothing happens unless it is set, which only tests do.

decoded    a scanner knows what happened and has stored nothing
storing    activities and alerts are written and not committed
stored     they are committed, nobody was woken
claimed    a sender took deliveries and has not marked them
marked     `sending` is committed, Telegram not yet called
accepted   Telegram has taken the message, nobody has noted it
noting     the outcome is written and not committed
noted      the outcome is written
fan-out    decisions are written and not committed
letter     deliveries are committed, nobody was told
"""

from __future__ import annotations

import os
import signal


def _wanted(text: str) -> tuple[str, int]:
    name, _, count = text.partition(":")
    return name, int(count) if count.isdigit() else 1


_NAME, _LEFT = _wanted(os.environ.get("WHALE_FAULT", ""))
_left = [_LEFT]


def reach(name: str) -> None:
    """The process is at this point; it ends here, as by kill -9, if it was asked to."""
    if name != _NAME:
        return
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
