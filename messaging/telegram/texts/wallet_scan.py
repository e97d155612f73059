"""The card of a wallet's scan: what is found, what is fine, what is unknown. Pure."""

from collections.abc import Sequence
from datetime import datetime

from domain.security.checks import Check, Verdict
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.check_words import check_name, reason_words
from messaging.telegram.texts.times import time_of_day

_MARKS = {Verdict.FAIL: "🔴", Verdict.WARN: "🟡", Verdict.UNKNOWN: "⚪", Verdict.PASS: "🟢"}
_ORDER = tuple(_MARKS)


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
        *(_line(check, locale) for check in ordered),
        locale.gettext("Read {time}", time=time_of_day(read_at)),
        f"<code>{escape(address)}</code>",
    ]
    return "\n".join(lines)


def _line(check: Check, locale: Locale) -> str:
    name, reason = check_name(check.name, locale=locale), reason_words(check.said, locale=locale)
    return f"{_MARKS[check.verdict]} {escape(name)}: {escape(reason)}"
