"""`python -m chain`: what can be asked of the chain layer by hand."""

import argparse
import os
import sys

from chain import decode


def main() -> int:
    """Run the command that was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chain")
    decode.add_to(parser.add_subparsers(dest="command", required=True))
    options = decode.options_from(parser.parse_args())
    streams = decode.Streams(stdin=sys.stdin.buffer, stdout=sys.stdout.buffer, stderr=sys.stderr)
    try:
        return decode.decode(options, streams)
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
