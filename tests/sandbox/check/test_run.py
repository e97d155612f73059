"""What the check prints, and what it makes of it."""

import pytest

from domain.activity.activity import SOL, Leg
from sandbox.check.judge import AcceptedMessage, Expected, Verdict
from sandbox.check.run import _report
from sandbox.local import LocalConfig, LocalSandbox

EXPECTED = Expected(chat_id=1, signature="sig", slot=341_220_118, legs=(Leg(mint=SOL, raw=5, decimals=9),))
MESSAGE = AcceptedMessage(chat_id=1, text="hello", at=12.5)


def test_counts_and_the_first_mistakes_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = Verdict(matched=(), missing=(EXPECTED,) * 12, surplus=(MESSAGE,))
    _report(verdict, LocalSandbox(LocalConfig(active=False)))
    printed = capsys.readouterr().out
    assert "messages: 0 as expected, 12 missing, 1 surplus" in printed
    assert printed.count("missing: slot 341,220,118 sig") == 10
    assert "surplus: 'hello'" in printed


def test_times_are_counted_from_the_block_and_from_its_confirmation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sandbox = LocalSandbox(LocalConfig(active=False))
    slot = EXPECTED.slot
    sandbox.produced_at.update({slot: 10.0, slot + 2: 11.0})
    _report(Verdict(matched=((EXPECTED, MESSAGE),), missing=(), surplus=()), sandbox)
    printed = capsys.readouterr().out
    assert "block produced → message accepted: p50 2500 ms, p95 2500 ms over 1" in printed
    assert "block confirmed → message accepted: p50 1500 ms, p95 1500 ms over 1" in printed
