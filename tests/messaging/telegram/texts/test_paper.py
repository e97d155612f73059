"""What people read of paper campaigns."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from domain.paper.stored import CampaignStatus
from messaging.telegram.escaping import plain
from messaging.telegram.texts.paper import compared, followed, paper_text, started
from tests.messaging.telegram.paper_samples import NOW, PLAN, WALLET, campaign

LABELS = {WALLET: "Ahab"}
AT = int(NOW.timestamp())


def test_a_campaign_says_what_it_came_to_also_when_that_is_bad() -> None:
    assert plain(paper_text([campaign()], LABELS, NOW)).split("\n") == [
        "🧪 7 · Ahab · running",
        "0.5 SOL each · profit 50% · 2 s later",
        "2.41 SOL; kept as SOL 2.5 SOL · 1 open",
        "The whale +14%, its copiers −3.6%",
        "5 sales, 3 won · 1 without a price in time",
        "Deepest fall 0.2 SOL · fees 0.0303 SOL",
        "",
        "Virtual money: nothing is signed or sent.",
    ]


def test_it_says_what_was_sold_late_and_what_was_not_bought_for_want_of_sol() -> None:
    missed = campaign()
    own = structs.replace(missed.figures.own, unfilled=0, late=2, refused=3)
    missed = replace(missed, figures=structs.replace(missed.figures, own=own))
    text = plain(paper_text([missed], LABELS, NOW))
    assert "5 sales, 3 won · 2 sold late · 3 not bought for want of SOL" in text.split("\n")


@pytest.mark.parametrize(
    ("times", "status", "words"),
    [
        ({"since": AT + 3_600}, "running", "🧪 7 · Ahab · begins 13:00 UTC"),
        ({"until": AT + 3_600}, "running", "🧪 7 · Ahab · running · ends 13:00 UTC"),
        ({"since": AT + 3_600}, "paused", "🧪 7 · Ahab · begins 13:00 UTC · paused"),
        ({"since": AT - 7_200, "until": AT - 3_600}, "ended", "🧪 7 · Ahab · ended"),
    ],
)
def test_its_first_line_says_whether_it_runs_and_when(times: dict[str, Any], status: str, words: str) -> None:
    one = campaign(plan=structs.replace(PLAN, **times), status=CampaignStatus(status))
    assert plain(paper_text([one], LABELS, NOW)).split("\n")[0] == words


def test_while_it_reads_history_it_says_how_far_it_is() -> None:
    one = campaign(read_until=NOW - timedelta(days=3))
    assert "running · has read what is stored up to 2026-11-26 12:00 UTC" in plain(
        paper_text([one], LABELS, NOW)
    )


def test_several_wallets_are_named_and_the_rest_counted() -> None:
    wallets = frozenset({WALLET, "B" * 40, "C" * 40, "D" * 40})
    one = campaign(plan=structs.replace(PLAN, wallets=wallets))
    assert plain(followed(one.wallets, LABELS)).endswith("and 1 more")
    assert compared(one) == "The whales +14%, their copiers −3.6%"


def test_a_wallet_that_the_chat_has_left_is_named() -> None:
    assert "trades may be missed: 9WzD…AWWM" in plain(paper_text([campaign()], {}, NOW))
    assert "missed" not in paper_text([campaign(status=CampaignStatus.STOPPED)], {}, NOW)


def test_a_campaign_that_was_broken_off_says_so() -> None:
    broken = campaign(error="ValueError", status=CampaignStatus.STOPPED)
    assert "broken off" in plain(paper_text([broken], LABELS, NOW))
    assert "ValueError" not in paper_text([broken], LABELS, NOW)


def test_without_campaigns_it_says_how_to_start_one() -> None:
    assert "/paper Ahab, Bela 0.5" in plain(paper_text([], {}, NOW))


def test_a_start_says_from_when_it_counts() -> None:
    assert plain(started(campaign(), LABELS, NOW)).startswith("🧪 From now on each buy of Ahab")
    later = campaign(plan=structs.replace(PLAN, since=AT + 7_200))
    assert plain(started(later, LABELS, NOW)).startswith("🧪 From 14:00 UTC on each buy of Ahab")
