"""`python -m scanner` watches the chain; `python -m scanner retry` tries the quarantine again."""

import sys

from runtime.processes.entry import start
from scanner.reconcile.quarantine_retry import retry
from scanner.wiring import scan


def main(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    if arguments not in ([], ["retry"]):
        sys.stderr.write("usage: python -m scanner [retry]\n")
        return 2
    return start("scanner", retry if arguments else scan)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
