"""What the commands have in common."""

import argparse
import io
from pathlib import Path

import pytest

from chain.cli.streams import read_lines, wallet_argument
from tests.chain import samples


def test_an_address_is_itself() -> None:
    assert wallet_argument(samples.address("trader")) == samples.address("trader")


@pytest.mark.parametrize("text", ["", "nonsense", "0" * 44])
def test_what_is_no_address_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a Solana address"):
        wallet_argument(text)


def test_lines_are_read_one_by_one_and_what_cannot_be_is_said_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "numbers"
    file.write_bytes(b"1\n\nx\n3\n")
    found = [*read_lines(str(file), io.BytesIO(), int)]
    assert found == [1, f"{file}: line 3: invalid literal for int() with base 10: b'x'", 3]
    assert [*read_lines("-", io.BytesIO(b"7\n"), int)] == [7]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert [*read_lines(str(missing), io.BytesIO(), int)] == [f"{missing}: No such file or directory"]
