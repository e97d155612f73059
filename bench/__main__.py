"""`python -m bench NAME...`: runs the named benchmarks, all of them without a name."""

import argparse
import sys
from collections.abc import Callable

from bench import decode, delivery, ingest, structure, webhook

BENCHMARKS: dict[str, Callable[[], int]] = {
    "decode": decode.main,
    "ingest": ingest.main,
    "delivery": delivery.main,
    "webhook": webhook.main,
    "structure": structure.main,
}


def main() -> int:
    """Run what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS)
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    return max(BENCHMARKS[name]() for name in names)


if __name__ == "__main__":
    sys.exit(main())
