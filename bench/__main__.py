"""`python -m bench NAME...`: runs the named benchmarks, all of them without a name.

A benchmark of several parts runs one of them as NAME:PART, for example `ingest:frames`.
"""

import argparse
import sys
from collections.abc import Callable

from bench import (
    balances,
    bot,
    decode,
    delivery,
    first_message,
    ingest,
    open_pages,
    paper,
    patterns,
    price_requests,
    rolling,
    rugs,
    scan,
    stats,
    volume_bots,
    webhook,
)

BENCHMARKS: dict[str, Callable[[], int]] = {
    "decode": decode.main,
    "ingest": ingest.main,
    "delivery": delivery.main,
    "webhook": webhook.main,
    "bot": bot.main,
    "volume-bots": volume_bots.main,
    "patterns": patterns.main,
    "balances": balances.main,
    "price-requests": price_requests.main,
    "paper": paper.main,
    "first-message": first_message.main,
    "scan": scan.main,
    "rugs": rugs.main,
    "rolling": rolling.main,
    "stats": stats.main,
    "open-pages": open_pages.main,
}
PARTS: dict[str, Callable[[str], int]] = {
    **{f"ingest:{part}": ingest.run_part for part in ingest.PARTS},
    **{f"delivery:{part}": delivery.run_part for part in delivery.PARTS},
    **{f"bot:{part}": bot.run_part for part in bot.PARTS},
    **{f"webhook:{part}": webhook.run_part for part in webhook.PARTS},
}


def main() -> int:
    """Run what was asked for; returns the exit code."""
    known = [*BENCHMARKS, *PARTS]
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    return max(_run(name) for name in names)


def _run(name: str) -> int:
    if name in BENCHMARKS:
        return BENCHMARKS[name]()
    return PARTS[name](name.partition(":")[2])


if __name__ == "__main__":
    sys.exit(main())
