"""Each part of `make fuzz` in small: the inputs that failed before, and some new ones."""

from pathlib import Path

import pytest

from bench import fuzz_jobs, fuzz_names, fuzz_operators, fuzz_updates
from bench.fuzz import PARTS, fuzz, runs
from bench.fuzz_bot import fuzzed_bot
from bench.fuzz_cases import Cases
from bench.fuzz_names import faults_of
from bench.telegram_links import links

SEED = 20261128


def test_hostile_names_are_shown_harmless() -> None:
    result = fuzz_names.run(3.0, SEED)
    assert result["failures"] == 0
    assert result["tried"] > 50


@pytest.mark.services
@pytest.mark.e2e
async def test_attacks_through_the_webhook_change_nothing() -> None:
    async with fuzzed_bot() as bot:
        updates = await fuzz_updates.attack(bot, 0.5, SEED, Cases(part="updates"))
        operators = await fuzz_operators.attack(bot, 0.5, SEED, Cases(part="operators"))
    assert (updates["failures"], operators["failures"]) == (0, 0)
    assert updates["tried"] >= fuzz_updates.BATCH
    assert operators["tried"] >= fuzz_operators.BATCH
    assert operators["buttons"] > 20


@pytest.mark.services
@pytest.mark.e2e
def test_jobs_of_others_in_redis_run_nothing_and_stop_no_worker() -> None:
    result = fuzz_jobs.run(0.5, SEED)
    assert result["failures"] == 0
    assert result["tried"] >= fuzz_jobs.BATCH


def test_a_part_that_breaks_is_a_failure_and_the_others_run() -> None:
    def broken(_seconds: float, _seed: int) -> dict[str, float]:
        raise ValueError("broken")

    figures = fuzz(0.0, SEED, {"first": broken, "second": lambda _, seed: {"failures": 0, "seed": seed}})
    assert figures == {"first_failures": 1, "second_failures": 0, "second_seed": SEED}


def test_all_parts_are_there() -> None:
    assert set(runs()) == set(PARTS)


@pytest.mark.parametrize(
    "text",
    [
        "evil.com", "t.me/x", "x.рф", "@durov", "/start", "#tag", "$WIF", "tg://resolve", "a@b.co", "1.2.3.4",
        "4111 1111 1111 1111", "+49 30 1234", "415 555 0100", "12:30",
    ],
)  # fmt: skip
def test_the_yardstick_sees_what_clients_link(text: str) -> None:
    assert links(f"see {text} now") != []


def test_the_yardstick_sees_no_link_in_our_own_words() -> None:
    assert links("🟢 Toly bought 38,410 WIF for 84.2 SOL. Slot 341,220,118 @ 0.002192, C++ U.S. x") == []


def test_a_name_that_is_linked_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_names, "clean", lambda text, *, limit=16: text[:limit])
    assert any("links" in fault for fault in faults_of("evil.com"))


def test_what_failed_is_kept_once_and_tried_first(tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    for _ in range(2):
        Cases(part="names", file=file).fail("\ud800<b>", "shown")
    Cases(part="jobs", file=file).fail("other", "run")
    inputs = Cases(part="names", file=file).inputs(lambda chance: str(chance.random()), 1)
    first, second = next(inputs), next(inputs)
    assert first == "\ud800<b>"
    assert float(second) < 1
