"""Addresses as people type and paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.addresses import (
    addresses_in,
    is_address,
    looks_like,
    parse_address,
    readable,
    short,
    signature_in,
)
from domain.errors import BadAddress

WHALE = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
SIGNATURE = "5h6xBEauJ3PK6SWCZ1PGjBvj8vDdWG3KpwATGy1ARAXFSDwt8GFXM7W5Ncn16wmqokgpiKRLuS83KUxyZyv2sUYv"


@pytest.mark.parametrize(
    "text",
    [
        f"  {WHALE}\n",
        f"`{WHALE}`",
        f"“{WHALE}”",
        f"\u200b{WHALE[:9]}\u200b{WHALE[9:]}\ufeff",
        f"\u00a0{WHALE}\u00a0Toly",
        f"look at {WHALE}, please",
        f"{WHALE}\tToly",
        f"{WHALE}.",
        f"wallet:{WHALE}",
        f"https://solscan.io/account/{WHALE}",
        f"https://solscan.io/account/{WHALE}?cluster=mainnet#portfolio",
        f"https://birdeye.finance/profile/{WHALE}?chain=solana",
        f"https://gmgn.ai/sol/address/abc123_{WHALE}",
        f"https://explorer.solana.com/address/{WHALE}/tokens",
        f"https://solana.fm/address/{WHALE}",
        f"https://axiom.trade/t/{WHALE}",
        f"https://photon-sol.tinyastro.io/en/lp/{WHALE}?handle=1",
        f"https://dexscreener.com/solana/{MINT}?maker={WHALE}",
        f"https://jup.ag/swap/{MINT}-{WHALE}",
        f"https://raydium.io/swap/?inputMint={MINT}&outputMint={WHALE}",
        f"https://example.com/?u=https%3A%2F%2Fsolscan.io%2Faccount%2F{WHALE}",
        f"[Toly](https://solscan.io/account/{WHALE})",
    ],
)
def test_an_address_is_found_in_what_people_paste(text: str) -> None:
    assert parse_address(text) == WHALE


def test_every_address_of_a_text_is_found_once_in_its_order() -> None:
    assert addresses_in(f"{WHALE}\n{MINT}, {WHALE}") == [WHALE, MINT]
    assert addresses_in(f"https://solscan.io/account/{WHALE} https://birdeye.finance/token/{MINT}") == [
        WHALE,
        MINT,
    ]


@pytest.mark.parametrize("text", ["", "hello", WHALE[:-3], WHALE + "1", "0" * 44, "z" * 44, "1" * 33])
def test_what_is_not_32_bytes_of_base58_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_address(text)
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0x71C7656EC7ab88b098defB751B7401B5f6d8976F", "Ethereum address"),
        ("https://etherscan.io/address/0x71C7656EC7ab88b098defB751B7401B5f6d8976F", "Ethereum address"),
        ("see toly.sol", "Send toly.sol alone"),
        ("ansem.eth", "a name on Ethereum"),
        (WHALE.lower(), "lost its capital letters"),
        (MINT.lower(), "lost its capital letters"),
        (f"https://dexscreener.com/solana/{MINT.lower()}", "lost its capital letters"),
        (SIGNATURE, "That is a transaction"),
        (f"https://solscan.io/tx/{SIGNATURE}", "That is a transaction"),
        (WHALE[:-1] + "0", "is not a Solana address"),
    ],
)
def test_what_stands_where_an_address_should_be_is_named(text: str, said: str) -> None:
    with pytest.raises(BadAddress, match=said):
        parse_address(text)


@given(st.text(max_size=10_000))
def test_no_text_raises_anything_but_bad_address_and_the_answer_stays_short(text: str) -> None:
    found = addresses_in(text)
    if found:
        assert parse_address(text) == found[0]
        return
    with pytest.raises(BadAddress) as error:
        parse_address(text)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    "text",
    [SIGNATURE, f" `{SIGNATURE}` ", f"https://solscan.io/tx/{SIGNATURE}", f"see {SIGNATURE}, odd"],
)
def test_a_signature_is_found_in_what_people_paste(text: str) -> None:
    assert signature_in(text) == SIGNATURE
    assert addresses_in(text) == []


@pytest.mark.parametrize("text", ["", WHALE, SIGNATURE[:-9], "1" * 70])
def test_what_is_no_signature_is_none(text: str) -> None:
    assert signature_in(text) is None


def test_invisible_characters_go_and_lines_stay() -> None:
    assert readable("a\u200bb\r\nc\u00a0d\te") == "ab\nc d e"


def test_the_system_program_is_an_address() -> None:
    assert is_address("1" * 32)
    assert parse_address("1" * 32) == "1" * 32


def test_an_address_is_shortened_to_both_its_ends() -> None:
    assert short(WHALE) == "7vfC…voxs"
    assert short("SOL") == "SOL"


def test_an_address_is_taken_for_another_by_its_beginning_and_its_end() -> None:
    friend = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
    assert looks_like("9WzDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaAWWM", friend)
    assert not looks_like("9WzDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", friend)
    assert not looks_like(friend, friend)
