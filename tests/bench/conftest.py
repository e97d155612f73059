"""Benchmarks start their programs by a fork here."""

import pytest

from bench import programs
from tests.bench.forked_programs import start_forked_of_bench


@pytest.fixture(autouse=True)
def _forked_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "start_program", start_forked_of_bench)
