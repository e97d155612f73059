"""Shared by the commands: input, line by line, output, and the wallet argument."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

import msgspec

from domain.activity.addresses import parse_address
from domain.errors import BadAddress

T = TypeVar("T")
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


def read_lines(file: str, stdin: BinaryIO, read: Callable[[bytes], T]) -> Iterator[T | str]:
    """Yield what each line of a file says; a text says what cannot be read, and why.

    Args:
        file: its name; `-` for standard input.
        stdin: standard input.
        read: of one line; ValueError, or msgspec's DecodeError: it cannot be read.
    """
    label = "standard input" if file == STDIN else file
    try:
        lines: Iterable[bytes] = stdin if file == STDIN else Path(file).read_bytes().splitlines()
        for at, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield read(line)
                except (ValueError, RecursionError) as error:
                    yield f"{label}: line {at}: {error}"
    except OSError as error:
        yield f"{label}: {error.strerror or error}"
