"""Why a trade was, or was not, large or surprising enough for its wallet."""

from msgspec import structs

from domain.rules.gates import Reasons
from domain.rules.rules import ChatSettings, Rules
from messaging.telegram.texts.noise import budget_words, percentile_words

REASONS = Reasons(
    rules=Rules(min_percentile=80),
    settings=ChatSettings(per_day=15),
    own_trades=120,
    rank=0.625,
    surprise=0.62,
    bar=0.71,
)


def test_a_budget_says_what_was_needed() -> None:
    assert budget_words(REASONS) == (
        "Budget, about 15 a day: surprise 62 of 100, 71 was needed then;"
        " larger than 62% of its 120 trades known before"
    )
    assert "the day was full" in budget_words(structs.replace(REASONS, bar=None))
    assert budget_words(structs.replace(REASONS, surprise=None)) == "Budget, about 15 a day"


def test_a_percentile_says_with_how_many_trades_it_was_compared() -> None:
    assert percentile_words(REASONS) == (
        "Top 20% of its own trades: it was larger than 62% of its 120 trades known before"
    )
    few = structs.replace(REASONS, own_trades=12)
    assert percentile_words(few) == "Top 20% of its own trades: only 12 of at least 30 are known"
