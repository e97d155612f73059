"""`python -m bench.pairs OTHER NAME`: one benchmark here and in another checkout, in alternating pairs.

Machines are never as fast twice: so the two take turns, each pair gives one ratio of each figure, and the
median of the ratios counts. Above 1, this checkout is the better one. The last line is JSON.
"""

import argparse
import json
import re
import shlex
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figures, print_figures

ROOT = Path(__file__).parents[1]
PAIRS = 5
LESS_IS_BETTER = re.compile(r"_(ms|seconds|mib|mb)(_|$)")
"""Figures of time and memory, by their names; of all others, more is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A tree of the project that has a .venv, and what to run there."""

    folder: Path
    python: Path
    arguments: Sequence[str]
    """Of Python."""
    patterns: dict[str, str] = field(default_factory=dict)
    """Where a figure stands in what is printed, if the last line is no JSON: the pattern's first group."""

    def measure(self) -> Figures:
        """Run the benchmark once.

        Raises:
            CalledProcessError: it failed; what it said was printed.
        """
        done = subprocess.run(
            [self.python, *self.arguments], cwd=self.folder, stdout=subprocess.PIPE, text=True, check=True
        )
        return figures_of(done.stdout, self.patterns)


def figures_of(printed: str, patterns: dict[str, str]) -> Figures:
    """The figures in the last line, or, where it is no JSON, those that the patterns find."""
    last = printed.rstrip().rpartition("\n")[2]
    if last.startswith("{"):
        return {key: value for key, value in json.loads(last).items() if key != "bench"}
    found = {key: re.search(pattern, printed) for key, pattern in patterns.items()}
    return {key: float(one[1].replace(",", "")) for key, one in found.items() if one is not None}


def ratio(key: str, ours: float, theirs: float) -> float:
    """Return how much better we are: 2.0 is twice as good."""
    return theirs / ours if LESS_IS_BETTER.search(key) else ours / theirs


def compare(ours: Checkout, theirs: Checkout, pairs: int) -> dict[str, list[float]]:
    """The ratios of every pair, by figure; who runs first changes from pair to pair."""
    ratios: dict[str, list[float]] = {}
    for number in range(pairs):
        order = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        measured = {checkout.folder: checkout.measure() for checkout in order}
        mine, other = measured[ours.folder], measured[theirs.folder]
        for key in sorted(mine.keys() & other.keys()):
            if mine[key] and other[key]:
                ratios.setdefault(key, []).append(ratio(key, mine[key], other[key]))
        newest = ", ".join(f"{key} {of[-1]:.3f}" for key, of in ratios.items())
        print(f"pair {number + 1}: {newest}", flush=True)
    return ratios


def main() -> int:
    """Measure, and print the median ratio of each figure."""
    asked = _parser().parse_args()
    arguments, other = ["-m", "bench", asked.name], asked.other.resolve()
    theirs = Checkout(
        folder=other,
        python=other / ".venv" / "bin" / "python",
        arguments=shlex.split(asked.other_arguments) if asked.other_arguments else arguments,
        patterns=dict(pattern.split("=", 1) for pattern in asked.pattern),
    )
    ours = Checkout(folder=ROOT, python=Path(sys.executable), arguments=arguments)
    ratios = compare(ours, theirs, asked.pairs)
    medians = {key: statistics.median(of) for key, of in ratios.items()}
    for key, of in ratios.items():
        print(f"{key:<40} {medians[key]:.3f}   ({min(of):.3f} to {max(of):.3f})")
    print_figures(f"pairs of {asked.name}", medians)
    return 0 if ratios else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pairs", description=__doc__)
    parser.add_argument("other", type=Path, help="the other checkout, with a .venv of its own")
    parser.add_argument("name", help="of the benchmark, as `python -m bench` knows it")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument(
        "--other-arguments", help="what Python runs in the other checkout; unset: -m bench NAME, as here"
    )
    parser.add_argument(
        "--pattern",
        action="append",
        default=[],
        metavar="FIGURE=REGEX",
        help="where a figure stands in the text of a checkout whose benchmark prints no JSON",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
