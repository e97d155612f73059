"""What fuzzing found once is tried first ever after: inputs that failed, in `fuzz_failures.jsonl`."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEPT = Path(__file__).with_name("fuzz_failures.jsonl")
"""One JSON object a line: the part, the input, and what was wrong when it was found."""
Result = dict[str, float]
"""Figures of a part by name; `failures` must be 0."""
MAX_SHOWN = 5


@dataclass(slots=True, kw_only=True)
class Cases:
    """The inputs of one part; an input is a text."""

    part: str
    file: Path = KEPT
    failures: list[str] = field(default_factory=list)
    """What was wrong, of each input that failed in this run."""

    def inputs(self, make: Callable[[random.Random], str], seed: int) -> Iterator[str]:
        """Those that failed before, then new ones without end; the same seed makes the same."""
        yield from self._kept()
        chance = random.Random(seed)
        while True:
            yield make(chance)

    def fail(self, case: str, why: str) -> None:
        """Note that an input failed, and keep it for the next runs."""
        self.failures.append(f"{self.part}: {case!r}: {why}")
        if len(self.failures) <= MAX_SHOWN:
            print(self.failures[-1], flush=True)
        if case not in self._kept():
            with self.file.open("a", encoding="ascii") as file:
                file.write(json.dumps({"part": self.part, "input": case, "was": why}) + "\n")

    def _kept(self) -> list[str]:
        if not self.file.exists():
            return []
        rows = map(json.loads, self.file.read_text(encoding="ascii").splitlines())
        return [row["input"] for row in rows if row["part"] == self.part]
