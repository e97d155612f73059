"""The card of a security scan: grade, families, then every finding that is not a pass. Pure."""

from datetime import datetime

from domain.security.scan import ISSUER_CONTROLLED, Check, Family, Scan, Verdict, family_verdict, grade
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.times import moment

_SIGNS = {Verdict.PASS: "✅", Verdict.WARN: "⚠️", Verdict.FAIL: "❌", Verdict.UNKNOWN: "❔"}
_MARKS = {Verdict.FAIL: "🔴", Verdict.WARN: "🟡", Verdict.UNKNOWN: "⚪"}
_ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN)


def scan_card(scan: Scan, *, chain: str, read_at: datetime, now: datetime) -> str:
    """The whole answer to a scan, as Telegram HTML; a reading of today has a time only."""
    lines = [
        f"🛡 <b>{_title(scan, chain)}</b> · grade <b>{grade(scan)}</b>",
        " · ".join(
            f"{_SIGNS[family_verdict(scan, family)]} {family.value.capitalize()}" for family in Family
        ),
        f"{scan.decided} of {len(scan.checks)} checks done. Unknown ≠ safe.",
        _reading(scan),
        *_findings(scan),
        " · ".join([*([f"Slot {scan.slot:,}"] if scan.slot is not None else []), moment(read_at, now)]),
        f"<code>{escape(scan.subject)}</code>",
    ]
    return "\n".join(line for line in lines if line)


def not_a_mint(subject: str, reason: str) -> str:
    """The answer when there is no token at the address."""
    return (
        f"🛡 <code>{escape(subject)}</code> is not a token: {escape(reason)}.\n"
        "/scan takes a token's mint address or symbol. For a wallet, use /balance or /watch."
    )


def scan_failed(subject: str) -> str:
    """The answer when no node could be read in time."""
    return (
        f"🛡 <code>{escape(subject)}</code> could not be scanned: the network isn't responding."
        " This says nothing about the token. Try /scan again in a minute."
    )


def scan_unreadable(subject: str) -> str:
    """The answer when nodes send what cannot be read."""
    return (
        f"🛡 <code>{escape(subject)}</code> could not be scanned: the node sent something unreadable."
        " This says nothing about the token. Try /scan again in a minute."
    )


def _title(scan: Scan, chain: str) -> str:
    return TokenNames(chain=chain, symbols={scan.subject: scan.symbol}).of(scan.subject)


def _reading(scan: Scan) -> str:
    if scan.subject in ISSUER_CONTROLLED:
        return "IC: its issuer has these powers by design; holding it means trusting the issuer."
    return "" if scan.name is None else f"Name: {escape(clean(scan.name, limit=32))}"


def _findings(scan: Scan) -> list[str]:
    found = sorted(
        (check for check in scan.checks if check.verdict is not Verdict.PASS),
        key=lambda check: _ORDER.index(check.verdict),
    )
    findings = [_finding(check) for check in found if check.family is Family.CONTROL]
    unread = [check.family.value for check in found if check.family is not Family.CONTROL]
    if unread:
        findings.append(f"⚪ Not checked yet: {', '.join(unread)}.")
    return findings


def _finding(check: Check) -> str:
    return f"{_MARKS[check.verdict]} {escape(check.name)}: {escape(check.reason)}"
