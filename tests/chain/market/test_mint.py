"""Mint accounts, recorded and made up, become facts or one named error.
Texts inside account data.
Metaplex metadata accounts give a name, or nothing.
"""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.market.mint import EXTENSION_NAMES, read_mint, read_text, read_whole_metadata
from domain.errors import Undecodable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, TOKEN_PROGRAMS, MintFacts, TransferFee
from tests.chain.mints import plain

KEY = bytes(range(1, 33))
NAMED = base58.b58encode(KEY).decode()


def extended(*extensions: tuple[int, bytes]) -> bytes:
    values = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in extensions)
    return plain().ljust(165, b"\0") + b"\x01" + values


def facts(*extensions: tuple[int, bytes]) -> MintFacts:
    return read_mint(extended(*extensions), address="m", program=TOKEN_2022_PROGRAM)


def test_authorities_are_named_or_given_up() -> None:
    kept = read_mint(plain(minter=KEY, freezer=KEY), address="m", program=TOKEN_PROGRAM)
    assert (kept.mint_authority, kept.freeze_authority) == (NAMED, NAMED)
    free = read_mint(plain(), address="m", program=TOKEN_PROGRAM)
    assert (free.mint_authority, free.freeze_authority, free.decimals, free.supply) == (None, None, 6, 5)


def test_each_extension_is_read() -> None:
    fee = KEY + bytes(32) + bytes(8) + struct.pack("<QQH", 0, 0, 50) + struct.pack("<QQH", 9, 0, 75)
    read = facts(
        (12, KEY), (3, KEY), (1, fee), (14, bytes(32) + KEY), (26, KEY + b"\1"), (6, b"\2"), (9, b"")
    )
    assert (read.permanent_delegate, read.close_authority) == (NAMED, NAMED)
    assert read.transfer_fee is not None
    assert (read.transfer_fee.basis_points, read.transfer_fee.authority) == (75, NAMED)
    assert read.transfer_hook is not None
    assert (read.transfer_hook.program, read.transfer_hook.authority) == (NAMED, None)
    assert read.pausable is not None
    assert read.pausable.paused
    assert read.default_frozen
    assert read.non_transferable


def test_name_and_symbol_come_from_the_metadata_extension() -> None:
    texts = b"".join(struct.pack("<I", len(text)) + text for text in (b"Krill\0\0", b"<b>KR", b"https://x"))
    read = facts((19, KEY + KEY + texts))
    assert (read.name, read.symbol) == ("Krill", "<b>KR")


def test_an_extension_of_the_future_is_named_by_its_number() -> None:
    read = facts((18, bytes(64)), (77, b"?"))
    assert read.unknown_extensions == (77,)
    assert read.extensions == ("metadata pointer", "extension 77, not known")


def test_every_extension_that_there_is_has_a_name() -> None:
    assert sorted(EXTENSION_NAMES) == list(range(1, 29))
    assert len(set(EXTENSION_NAMES.values())) == len(EXTENSION_NAMES)
    read = facts(*((kind, bytes(130)) for kind in EXTENSION_NAMES if kind != 19))
    assert read.unknown_extensions == ()
    assert len(read.extensions) == len(EXTENSION_NAMES) - 1


def test_who_must_agree_to_burns_and_where_the_metadata_are_is_read() -> None:
    read = facts((28, KEY), (18, bytes(32) + KEY))
    assert (read.burn_authority, read.metadata_pointer) == (NAMED, NAMED)


def test_a_multisig_is_no_mint() -> None:
    multisig = bytearray(355)
    multisig[165] = 1
    with pytest.raises(Undecodable, match="not a mint"):
        read_mint(bytes(multisig), address="m", program=TOKEN_2022_PROGRAM)


def test_a_fee_is_read_before_and_after_its_epoch() -> None:
    fee = KEY + bytes(32) + bytes(8) + struct.pack("<QQH", 0, 7, 50) + struct.pack("<QQH", 744, 9, 75)
    assert facts((1, fee)).transfer_fee == TransferFee(
        basis_points=75, authority=NAMED, before=50, after=75, from_epoch=744, maximum=9
    )


def test_recorded_metadata_say_whether_they_can_be_changed() -> None:
    texts = b"".join(struct.pack("<I", len(text)) + text for text in (b"Krill", b"KR", b"https://x"))
    creators = b"\1" + struct.pack("<I", 2) + bytes(68)
    for behind, is_mutable in ((b"\0" + b"\0\1", True), (creators + b"\1\0", False)):
        read = read_whole_metadata(b"\x04" + KEY + KEY + texts + bytes(2) + behind)
        assert read is not None
        assert (read.name, read.symbol, read.uri, read.is_mutable) == ("Krill", "KR", "https://x", is_mutable)
        assert read.update_authority == (NAMED if is_mutable else None)
    assert read_whole_metadata(b"\x04" + KEY + KEY + texts) is None
    assert read_whole_metadata(b"\x01") is None


@pytest.mark.parametrize(
    ("data", "program", "reason"),
    [
        (plain(), "11111111111111111111111111111111", "not owned by a token program"),
        (bytes(165), TOKEN_PROGRAM, "not a mint"),
        (bytes(165) + b"\2", TOKEN_2022_PROGRAM, "not a mint"),
        (b"", TOKEN_2022_PROGRAM, "not a mint"),
        (plain(ready=0), TOKEN_PROGRAM, "never set up"),
        (extended((12, KEY))[:-1], TOKEN_2022_PROGRAM, "cut short"),
        (extended((12, KEY[:5])), TOKEN_2022_PROGRAM, "shorter"),
        (extended((1, KEY)), TOKEN_2022_PROGRAM, "shorter"),
    ],
)
def test_what_is_no_mint_says_why(data: bytes, program: str, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        read_mint(data, address="m", program=program)


@given(st.binary(max_size=400), st.sampled_from(TOKEN_PROGRAMS))
def test_no_bytes_raise_anything_but_undecodable(tail: bytes, program: str) -> None:
    for data in (tail, extended()[:166] + tail):
        try:
            assert read_mint(data, address="m", program=program).address == "m"
        except Undecodable:
            continue


@pytest.mark.ledger
def test_recorded_mints_are_read_with_every_extension_known(ledger_dir: Path) -> None:
    read = [mint for path in sorted((ledger_dir / "accounts").glob("*.json")) for mint in recorded(path)]
    assert sum(mint.program == TOKEN_2022_PROGRAM for mint in read) >= 2
    assert len(read) >= 5
    assert all(not mint.unknown_extensions for mint in read)
    assert all(0 <= mint.decimals <= 18 for mint in read)


@pytest.mark.ledger
def test_the_recorded_dollar_of_paypal_shows_its_issuers_powers(ledger_dir: Path) -> None:
    issued = "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo"
    (path, *_) = sorted((ledger_dir / "accounts").glob(f"getAccountInfo_{issued}*.json"))
    (mint,) = recorded(path)
    assert mint.permanent_delegate is not None
    assert mint.freeze_authority is not None
    assert mint.symbol == "PYUSD"


def recorded(path: Path) -> list[MintFacts]:
    """The mint in a recorded getAccountInfo answer, if it holds one."""
    answer: Any = json.loads(path.read_text())
    answer = answer.get("response", answer) if isinstance(answer, dict) else {}
    value = (answer.get("result") or {}).get("value") if isinstance(answer.get("result"), dict) else None
    if not isinstance(value, dict) or value.get("owner") not in TOKEN_PROGRAMS:
        return []
    if not isinstance(value["data"], list):
        return []
    data = base64.b64decode(value["data"][0])
    if len(data) == 165 or data[165:166] == b"\x02":  # a token account
        return []
    return [read_mint(data, address=path.stem, program=value["owner"])]


def _text(text: str, padding: int = 0) -> bytes:
    data = text.encode() + bytes(padding)
    return struct.pack("<I", len(data)) + data


@given(st.text(min_size=1, max_size=30), st.integers(0, 20), st.binary(max_size=9))
def test_it_reads_what_was_written_and_says_where_it_ends(text: str, padding: int, before: bytes) -> None:
    data = before + _text(text, padding)
    read, end = read_text(data + b"more", len(before))
    assert read == (text.replace("\0", "").strip() or None)
    assert end == len(data)


@pytest.mark.parametrize("data", [b"", b"\1\0", b"\5\0\0\0abc", b"\xff\xff\xff\xffabc"])
def test_a_text_that_is_cut_short_is_none(data: bytes) -> None:
    assert read_text(data, 0) == (None, len(data))


def test_a_text_is_without_what_no_database_takes_and_of_bounded_length() -> None:
    assert read_text(_text("US\0DC\0\0", 5), 0)[0] == "USDC"
    data = _text("ы" * 10**6)
    read, end = read_text(data, 0)
    assert read == "ы" * 4_096
    assert end == len(data)


def test_an_empty_text_is_none_and_bytes_that_are_no_utf8_are_replaced() -> None:
    assert read_text(_text("", 5), 0) == (None, 9)
    assert read_text(b"\2\0\0\0\xffa", 0) == ("\ufffda", 6)


def account(name: bytes, symbol: bytes) -> bytes:
    texts = b"".join(struct.pack("<I", len(text)) + text for text in (name, symbol, b""))
    return b"\x04" + bytes(64) + texts + bytes(5)


def named(data: bytes) -> tuple[str | None, str | None] | None:
    found = read_whole_metadata(data)
    return None if found is None else (found.name, found.symbol)


def test_name_and_symbol_lose_their_padding() -> None:
    assert named(account(b"Bonk".ljust(32, b"\0"), b"BONK".ljust(10, b"\0"))) == ("Bonk", "BONK")


def test_empty_or_foreign_accounts_name_nothing() -> None:
    assert named(account(b"", b"")) == (None, None)
    assert named(b"\x05" + bytes(100)) is None


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(data: bytes) -> None:
    whole = account(b"a", b"b")
    for found in (named(data), named(whole[: len(data)]), named(b"\x04" + data)):
        assert found is None or len(found) == 2
