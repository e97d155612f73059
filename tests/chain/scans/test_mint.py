"""The mint of a scan: real accounts, what is no mint, and nodes that refuse or lie."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import base58
import msgspec
import pytest

from chain.market.mint import METADATA_PROGRAM
from chain.market.minters import bridge, minter_of, wrapped_meta_of
from chain.rpc.accounts import Account
from chain.rpc.mints import metadata_address
from chain.scans.mint import read_mint_facts
from chain.scans.node import NotAnswered
from domain.security.checks import Grade, NotRead
from domain.security.facts import NotAMint
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, Metadata, MintFacts
from domain.security.scan import grade, scan_token
from domain.sentences import sentence
from domain.tokens.well_known import PINNED
from tests.chain import samples
from tests.chain.mints import plain

MINT, ELSEWHERE = samples.address("mint"), samples.address("elsewhere")


def _text(text: str, size: int) -> bytes:
    return struct.pack("<I", size) + text.encode().ljust(size, b"\0")


METADATA = b"".join(
    (
        b"\x04",
        bytes(range(32)),
        base58.b58decode(MINT),
        _text("cat in mittens", 32),
        _text("MITTEN", 10),
        _text("https://mitten.example", 200),
        bytes(2),
        b"\0",
        b"\0",
        b"\1",
    )
)


class Node:
    """Answers from a table; without one it refuses."""

    def __init__(self, accounts: Mapping[str, Account | None] | None) -> None:
        self._accounts = accounts

    @property
    def left(self) -> int:
        return 1_000

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        if self._accounts is None:
            raise NotAnswered(sentence("the node refuses this method"))
        return {address: self._accounts[address] for address in addresses if address in self._accounts}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        raise NotAnswered(sentence("the node refuses this method"))

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        return [NotAnswered(sentence("the node refuses this method")) for _ in params]


def account(data: bytes, owner: str = TOKEN_PROGRAM, *, executable: bool = False) -> Account:
    return Account(address=MINT, owner=owner, executable=executable, lamports=1, data=data, slot=9)


async def test_a_mint_with_metaplex_metadata_is_read_in_one_question() -> None:
    node = Node({MINT: account(plain()), metadata_address(MINT): account(METADATA, METADATA_PROGRAM)})
    facts = await read_mint_facts(node, MINT, chain="solana")
    assert isinstance(facts.mint, MintFacts)
    assert isinstance(facts.metadata, Metadata)
    assert (facts.metadata.symbol, facts.metadata.is_mutable, facts.metadata.mint) == ("MITTEN", True, MINT)
    assert facts.mint_source.slot == 9


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "there is no account"),
        (account(b"", executable=True), "it is a program"),
        (account(b"", owner=METADATA_PROGRAM), "no token program owns it"),
        (account(bytes(165)), "the account in which somebody holds tokens"),
        (account(bytes(82)), "never set up"),
        (account(bytes(355)), "it is something else"),
        (account(bytes(60)), "it is something else"),
    ],
)
async def test_what_is_no_mint_is_named_as_what_it_is_and_graded_f(
    found: Account | None, reason: str
) -> None:
    facts = await read_mint_facts(Node({MINT: found, metadata_address(MINT): None}), MINT, chain="solana")
    assert isinstance(facts.mint, NotAMint)
    assert reason in str(facts.mint.reason)
    assert grade(scan_token(facts)) is Grade.F


async def test_a_node_that_refuses_leaves_everything_unknown_with_its_reason() -> None:
    facts = await read_mint_facts(Node(None), MINT, chain="solana")
    assert facts.mint == NotRead(reason=sentence("the node refuses this method"))
    assert grade(scan_token(facts)) is Grade.C


async def test_a_node_that_cuts_a_mint_short_is_not_believed() -> None:
    cut = plain().ljust(165, b"\0") + b"\x01" + b"\x01\x00\x6c\x00"
    facts = await read_mint_facts(Node({MINT: account(cut, TOKEN_2022_PROGRAM)}), MINT, chain="solana")
    assert isinstance(facts.mint, NotRead)
    assert "cannot be read" in str(facts.mint.reason)


async def test_without_a_metadata_account_the_token_has_no_name() -> None:
    facts = await read_mint_facts(
        Node({MINT: account(plain()), metadata_address(MINT): None}), MINT, chain="solana"
    )
    assert facts.metadata is None
    unrecorded = await read_mint_facts(Node({MINT: account(plain())}), MINT, chain="solana")
    assert isinstance(unrecorded.metadata, NotRead)


def with_extensions(*extensions: tuple[int, bytes], minter: bytes | None = None) -> Account:
    """A mint of Token-2022."""
    tail = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in extensions)
    return account(plain(minter=minter).ljust(165, b"\0") + b"\1" + tail, TOKEN_2022_PROGRAM)


BOSS = samples.address("boss")
OWN_METADATA = (19, bytes(32) + base58.b58decode(MINT) + _text("GOOD", 4) + _text("G", 1) + _text("", 0))


def pointer(authority: str | None, account_at: str) -> tuple[int, bytes]:
    return 18, (bytes(32) if authority is None else base58.b58decode(authority)) + base58.b58decode(
        account_at
    )


async def test_who_can_let_a_mint_point_to_other_metadata_can_change_its_name() -> None:
    """Nobody can change what stands in the mint itself, and yet what wallets show."""
    fixed = with_extensions(pointer(None, MINT), OWN_METADATA)
    movable = with_extensions(pointer(BOSS, MINT), OWN_METADATA)
    for found, who in ((fixed, None), (movable, BOSS)):
        facts = await read_mint_facts(Node({MINT: found, metadata_address(MINT): None}), MINT, chain="solana")
        assert isinstance(facts.metadata, Metadata)
        assert (facts.metadata.name, facts.metadata.update_authority) == ("GOOD", who)
        assert facts.metadata.is_mutable is (who is not None)


async def test_a_mint_is_called_what_stands_where_it_points_to() -> None:
    elsewhere = with_extensions(pointer(None, metadata_address(MINT)), OWN_METADATA)
    node = Node({MINT: elsewhere, metadata_address(MINT): account(METADATA, METADATA_PROGRAM)})
    facts = await read_mint_facts(node, MINT, chain="solana")
    assert isinstance(facts.metadata, Metadata)
    assert facts.metadata.name == "cat in mittens"


async def test_a_mint_that_names_no_symbol_is_called_by_that_of_metaplex_as_it_is_shown() -> None:
    silent = (19, bytes(32) + base58.b58decode(MINT) + _text("GOOD", 4) + _text("", 0) + _text("", 0))
    found = with_extensions(pointer(None, MINT), silent)
    for metaplex, symbol in ((account(METADATA, METADATA_PROGRAM), "MITTEN"), (None, None)):
        node = Node({MINT: found, metadata_address(MINT): metaplex})
        facts = await read_mint_facts(node, MINT, chain="solana")
        assert isinstance(facts.metadata, Metadata)
        assert facts.metadata.symbol == symbol


SIGNER = base58.b58decode(bridge().authority)


async def test_a_mint_that_was_handed_over_to_a_bridge_is_no_wrapped_asset() -> None:
    """Its maker has made enough of it for themselves, and kept the power to freeze."""
    handed = account(plain(minter=SIGNER, freezer=base58.b58decode(BOSS)))
    note: dict[str, Account | None] = {wrapped_meta_of(MINT): None}
    for notes in (note, {}):
        node = Node({MINT: handed, metadata_address(MINT): None} | notes)
        facts = await read_mint_facts(node, MINT, chain="solana")
        assert facts.minter is None
        assert grade(scan_token(facts)) is Grade.D


@pytest.mark.parametrize("symbol", ["JitoSOL", "mSOL", "jupSOL", "bSOL"])
async def test_a_staked_token_has_the_authority_of_its_pool_or_is_none(symbol: str) -> None:
    mint = next(mint for mint, token in PINNED.items() if token.symbol == symbol)
    minter = minter_of(mint)
    assert minter is not None
    for authority, expected in ((minter.authority, Grade.IC), (BOSS, Grade.D)):
        data = plain(minter=base58.b58decode(authority))
        node = Node({mint: account(data), metadata_address(mint): None, wrapped_meta_of(mint): None})
        scan = scan_token(await read_mint_facts(node, mint, chain="solana"))
        assert grade(scan) is expected
        (power,) = scan.powers
        assert ("against deposited SOL" in power) is (expected is Grade.IC)


USDP = "HVbpJAQGNpkgBaYBZQBR1t7yFdvaYVp2vCQQfKKEN4tM"


async def test_the_powers_of_an_issuer_are_spelled_out_with_its_grade() -> None:
    boss = base58.b58decode(BOSS)
    data = with_extensions((12, boss), (26, boss + b"\0"), minter=boss)
    node = Node({USDP: data, metadata_address(USDP): None, wrapped_meta_of(USDP): None})
    scan = scan_token(await read_mint_facts(node, USDP, chain="solana"))
    assert grade(scan) is Grade.IC
    assert {power.partition(" can ")[2].rstrip(".") for power in scan.powers} == {
        "make more tokens at will",
        "take or burn anybody's tokens",
        "stop all transfers",
    }
