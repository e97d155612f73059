"""Shared by the commands: input, output, and the wallet argument."""

import argparse
from typing import BinaryIO, TextIO

import msgspec

from domain.activity.addresses import parse_address
from domain.errors import BadAddress

STDIN = "-"
"""The name of a file that stands for standard input."""


class StandardStreams(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command reads and writes."""

    stdin: BinaryIO
    stdout: BinaryIO
    stderr: TextIO


def wallet_argument(text: str) -> str:
    """The address that a command line names.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return parse_address(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from error
