"""Hostile nodes in small: what they send is read with a bound, and none of it raises past the border."""

from pathlib import Path

import pytest

from bench import fuzz_nodes
from bench.fuzz_cases import Cases
from bench.hostile_answers import MAX_MIB, MIB, peaks
from chain.decoders import activities

SEED = 20261128


@pytest.mark.parametrize("kind", ["frame", "answer"])
def test_scenario_99_nothing_that_a_node_sends_raises_past_the_border(kind: str) -> None:
    outcome = fuzz_nodes.run(20.0, SEED, Cases(part="nodes"), kind=kind, limit=300)
    assert outcome == {"tried": 300, "failures": 0}


def test_what_passes_the_border_unchecked_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(activities, "check_activity", lambda _: None)
    monkeypatch.setattr(activities, "check_names", lambda _, __: None)
    cases = Cases(part="nodes", file=tmp_path / "failures.jsonl")
    assert fuzz_nodes.run(30.0, SEED, cases, kind="block", limit=400)["failures"] > 0


@pytest.mark.enable_socket
async def test_scenario_98_eight_answers_of_any_size_at_once_leave_the_process_small() -> None:
    found = await peaks(128 * MIB, kinds=("endless", "bomb", "keys"))
    assert max(found.values()) < MAX_MIB
