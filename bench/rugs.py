"""The rule of withdrawn liquidity against SolRPDS 2021: a confusion matrix with its INACTIVITY_STATUS.

SolRPDS (Alhaidari, Kalal, Palanisamy, Sural; CC BY 4.0) gives totals of what was added to and removed from
each pool, and whether the pool was inactive at the end. An inactive pool is no proof of a rug, nor an active
one of none: the matrix says how far the rule and that status agree, and no more than that. Removals include
what liquidity earned, so that more may be removed than was added. The last line is JSON.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from bench.figures import Figures, print_figures
from domain.security.liquidity import is_withdrawn

FILE = Path(__file__).parents[1] / "../shared/rugs/solrpds-2021.csv"


def main() -> int:
    """Read, compare and print; 1 if there is no data set."""
    path = Path(os.environ.get("FILE", FILE))
    if not path.is_file():
        print(f"no data set at {path}", file=sys.stderr)
        return 1
    with path.open(newline="", encoding="utf-8") as rows:
        counts = matrix(csv.DictReader(rows))
    print(f"{'':<22}{'inactive':>10}{'active':>10}")
    for is_rug, name in ((True, "withdrawn"), (False, "not withdrawn")):
        print(f"{name:<22}{counts[is_rug, True]:>10,}{counts[is_rug, False]:>10,}")
    print_figures("rugs", figures(counts))
    return 0


def matrix(rows: Iterable[Mapping[str, str]]) -> Counter[tuple[bool, bool]]:
    """Return how many pools the rule calls withdrawn or not, by whether they are inactive."""
    return Counter(
        (is_withdrawn(added, added - removed), row["INACTIVITY_STATUS"] == "Inactive")
        for row in rows
        for added, removed in [
            (Decimal(row["TOTAL_ADDED_LIQUIDITY"]), Decimal(row["TOTAL_REMOVED_LIQUIDITY"]))
        ]
    )


def figures(counts: Mapping[tuple[bool, bool], int]) -> Figures:
    """The matrix, and the parts that are read from it."""
    hits, false_alarms = counts[True, True], counts[True, False]
    misses, quiet = counts[False, True], counts[False, False]
    return {
        "pools": hits + false_alarms + misses + quiet,
        "withdrawn_inactive": hits,
        "withdrawn_active": false_alarms,
        "kept_inactive": misses,
        "kept_active": quiet,
        "recall_of_inactive": hits / max(1, hits + misses),
        "precision_for_inactive": hits / max(1, hits + false_alarms),
    }
