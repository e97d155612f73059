"""What is read out of a benchmark, and which of two figures is the better one."""

import pytest

from bench.pairs import figures_of, ratio


def test_figures_stand_in_the_last_line() -> None:
    printed = 'decoded 5/s\n{"bench": "decode", "per_second": 5.0, "p50_ms": 2.5}\n'
    assert figures_of(printed, {}) == {"per_second": 5.0, "p50_ms": 2.5}


def test_patterns_find_figures_where_no_line_holds_them() -> None:
    patterns = {"per_second": r"decoded ([\d,]+)/s", "p50_ms": "p50 (.*) ms"}
    assert figures_of("decoded 5,000/s\nthe end\n", patterns) == {"per_second": 5000.0}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("blocks_per_second", 2.0),
        ("watched_to_bare", 2.0),
        ("p50_ms", 0.5),
        ("memory_mib", 0.5),
        ("core_ms_per_block", 0.5),
        ("fan_out_seconds", 0.5),
    ],
)
def test_more_is_better_but_of_time_and_memory(key: str, expected: float) -> None:
    assert ratio(key, 20.0, 10.0) == expected
