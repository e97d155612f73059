"""Commands: `decode` says what wallets did, `ledger` what they made of it, `paper` what followers would have.

`scan` says how safe a token is.

The scanner keeps the quarantine, and this layer may not import it: the process becomes the scanner's command.
"""

import argparse
import os
import sys

from chain.cli import decode, ledger, paper, scan
from chain.cli.streams import StandardStreams

LEDGER = "ledger"
PAPER = "paper"
SCAN = "scan"
RETRY = "retry"


def main() -> int:
    """Run the command that was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chain")
    commands = parser.add_subparsers(dest="command", required=True)
    decode.add_to(commands)
    ledger.add_to(commands)
    paper.add_to(commands)
    scan.add_to(commands)
    commands.add_parser(RETRY, help="try to decode again what waits in the quarantine")
    arguments = parser.parse_args()
    if arguments.command == RETRY:
        os.execv(sys.executable, [sys.executable, "-m", "scanner", RETRY])  # noqa: S606 - our own program
    streams = StandardStreams(stdin=sys.stdin.buffer, stdout=sys.stdout.buffer, stderr=sys.stderr)
    try:
        if arguments.command == LEDGER:
            return ledger.ledger(arguments.file, arguments.own, streams, check=arguments.check)
        if arguments.command == PAPER:
            return paper.paper(arguments.file, arguments.plan, streams)
        if arguments.command == SCAN:
            return scan.scan(scan.options_from(arguments), streams)
        return decode.decode(decode.options_from(arguments), streams)
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
