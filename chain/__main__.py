"""`python -m chain decode`: what wallets did, by files; `python -m chain retry`: the quarantine again.

The scanner keeps the quarantine, and this layer may not import it: the process becomes the scanner's command.
"""

import argparse
import os
import sys

from chain.cli import decode

RETRY = "retry"


def main() -> int:
    """Run the command that was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chain")
    commands = parser.add_subparsers(dest="command", required=True)
    decode.add_to(commands)
    commands.add_parser(RETRY, help="try to decode again what waits in the quarantine")
    arguments = parser.parse_args()
    if arguments.command == RETRY:
        os.execv(sys.executable, [sys.executable, "-m", "scanner", RETRY])  # noqa: S606 - our own program
    options = decode.options_from(arguments)
    streams = decode.StandardStreams(stdin=sys.stdin.buffer, stdout=sys.stdout.buffer, stderr=sys.stderr)
    try:
        return decode.decode(options, streams)
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
