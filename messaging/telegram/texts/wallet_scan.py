"""The card of a wallet's scan: what is found, what is fine, what is unknown. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from domain.activity.addresses import short
from domain.security.checks import Check, Verdict
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.times import time_of_day

_MARKS = {Verdict.FAIL: "🔴", Verdict.WARN: "🟡", Verdict.UNKNOWN: "⚪", Verdict.PASS: "🟢"}
_ORDER = tuple(_MARKS)
_ADDRESS = re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{32,44}\b")


def wallet_scan_card(
    address: str, checks: Sequence[Check], *, label: str, read_at: datetime, locale: Locale = ENGLISH
) -> str:
    """The whole answer to a scan of a wallet, as Telegram HTML.

    Args:
        address: the wallet.
        checks: every check of it.
        label: what the chat calls it; empty: nothing.
        read_at: when it was read.
        locale: of who reads it.
    """
    decided = sum(check.verdict is not Verdict.UNKNOWN for check in checks)
    ordered = sorted(checks, key=lambda check: _ORDER.index(check.verdict))
    lines = [
        locale.gettext("🛡 <b>{wallet}</b> · a wallet, not a token", wallet=wallet_name(label, address)),
        locale.gettext(
            "{decided} of {number} checks decided. Unknown ≠ safe.", decided=decided, number=len(checks)
        ),
        *map(_line, ordered),
        locale.gettext("Read {time}", time=time_of_day(read_at)),
        f"<code>{escape(address)}</code>",
    ]
    return "\n".join(lines)


def _line(check: Check) -> str:
    """With addresses shortened: the whole ones stand in explorers."""
    reason = _ADDRESS.sub(lambda found: short(found.group()), check.reason)
    return f"{_MARKS[check.verdict]} {escape(check.name)}: {escape(reason)}"
