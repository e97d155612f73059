"""`make fuzz`: attacks on what people, nodes and other programs can reach, each for a bounded time.

Each part first tries what failed before (`fuzz_failures.jsonl`), then new inputs by a seed, which is
printed, so that a run can be repeated. The last line is JSON; the exit code is 1 when anything failed.
"""

import argparse
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from bench.figures import print_figures

PARTS = ("names", "updates", "operators", "jobs", "nodes")
"""Modules `bench/fuzz_<part>.py`, each with `run(seconds, seed)`: figures, of which `failures` must be 0."""
Run = Callable[[float, int], Mapping[str, Any]]


def runs(wanted: tuple[str, ...] = PARTS) -> dict[str, Run]:
    """The parts that are here, by name."""
    modules = {part: f"bench.fuzz_{part}" for part in wanted}
    found = {part: module for part, module in modules.items() if importlib.util.find_spec(module)}
    return {part: import_module(module).run for part, module in found.items()}


def fuzz(seconds: float, seed: int, parts: Mapping[str, Run]) -> dict[str, float]:
    """The figures of all parts, each named after its part; a part that ends by an exception has failed."""
    figures: dict[str, float] = {}
    for part, run in parts.items():
        began = time.monotonic()
        try:
            result = {"failures": 0, **run(seconds, seed)}
        except Exception as error:  # noqa: BLE001 - the other parts run all the same
            print(f"{part}: {type(error).__name__}: {error}", flush=True)
            result = {"failures": 1}
        print(f"{part}: {result['failures']} failures in {time.monotonic() - began:.0f} s", flush=True)
        numbers = {name: value for name, value in result.items() if isinstance(value, int | float)}
        figures |= {f"{part}_{name}": float(value) for name, value in numbers.items()}
    return figures


def main() -> int:
    """Run the parts one after the other."""
    arguments = _arguments()
    print(f"seed {arguments.seed}, {arguments.seconds:g} s a part", flush=True)
    figures = fuzz(arguments.seconds, arguments.seed, runs(tuple(arguments.parts)))
    failures = sum(value for name, value in figures.items() if name.endswith("_failures"))
    print_figures("fuzz", {"seed": arguments.seed, "failures": failures, **figures})
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each part")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000))
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="PART", help=", ".join(PARTS))
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
