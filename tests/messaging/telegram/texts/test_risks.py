"""The four signs are told with of how many."""

from domain.positions.risks import Risks, risks_of
from messaging.telegram.texts.risks import risks_line


def test_each_sign_says_of_how_many() -> None:
    risks = Risks(tokens=40, unbought=3, oversold=2, trips=20, fast=5, scanned=12, unsellable=1)
    assert risks_line(risks) == (
        "⚖️ Risks: 3 of 40 tokens never seen bought · 2 sold beyond what was seen bought · "
        "5 of 20 round trips under 60 s · 1 of 12 scanned tokens may not be sold freely"
    )


def test_what_was_not_scanned_is_not_safe() -> None:
    risks = Risks(tokens=1, unbought=0, oversold=0, trips=0, fast=0)
    assert risks_line(risks).endswith("no token scanned")
    assert risks_line(risks_of([])) == ""
