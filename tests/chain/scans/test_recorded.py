"""Recorded answers in all their forms; what is not recorded is not known, which is not the same as absent."""

import base64
import json
from pathlib import Path
from typing import Any

import base58
import pytest

from chain.scans.node import NotAnswered
from chain.scans.owned import MemoryMatch, owned_accounts, owned_parts
from chain.scans.recorded import RecordedNode
from domain.security.mints import TOKEN_PROGRAM
from tests.chain import samples

MINT, OTHER, OWNER = samples.address("mint"), samples.address("other"), samples.address("owner")


def value(data: bytes = b"abc", **more: Any) -> dict[str, Any]:
    return {
        "data": [base64.b64encode(data).decode(), "base64"],
        "owner": OWNER,
        "lamports": 5,
        "executable": False,
    } | more


def answer(what: Any, slot: int = 9) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "result": {"context": {"slot": slot}, "value": what}}


def folder(tmp_path: Path, **files: Any) -> RecordedNode:
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return RecordedNode(tmp_path)


def asked(method: str, first: Any, result: Any) -> dict[str, Any]:
    return {"request": {"method": method, "params": [first, {}]}, "response": result}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"getAccountInfo_{MINT}", answer(value())),
        (f"getAccountInfo_{MINT}.b3277c", answer(value())),
        (f"fixture_{MINT}", answer(value())),
        ("getAccountInfo_5ebeba9e29", asked("getAccountInfo", MINT, answer(value()))),
        ("getMultipleAccounts_1", asked("getMultipleAccounts", [MINT], answer([value()]))),
        (f"fixture_vixen_{MINT}_account", {"data": [97, 98, 99], "owner": OWNER, "lamports": 5}),
        (f"token_{MINT}", {"value": value()}),
    ],
)
async def test_an_account_is_found_in_every_form(tmp_path: Path, name: str, content: Any) -> None:
    found = await folder(tmp_path, **{name: content}).accounts([MINT, OTHER])
    assert OTHER not in found
    account = found[MINT]
    assert account is not None
    assert (account.data, account.owner, account.lamports) == (b"abc", OWNER, 5)


async def test_absent_is_not_the_same_as_not_recorded(tmp_path: Path) -> None:
    node = folder(tmp_path, **{f"getAccountInfo_{MINT}": answer(None)})
    assert await node.accounts([MINT, OTHER]) == {MINT: None}


@pytest.mark.parametrize("nothing", [None, [None]])
async def test_nothing_in_another_answer_does_not_say_that_there_is_no_account(
    tmp_path: Path, nothing: object
) -> None:
    files = {f"getTokenLargestAccounts_{MINT}": answer(nothing)}
    node = folder(tmp_path, **files | {f"getAccountInfo_{MINT}": answer(value(), slot=1)})
    account = (await node.accounts([MINT]))[MINT]
    assert account is not None
    assert account.data == b"abc"


async def test_of_several_answers_the_newest_counts(tmp_path: Path) -> None:
    node = folder(
        tmp_path,
        **{
            f"getAccountInfo_{MINT}.a": answer(value(b"new"), slot=20),
            f"getAccountInfo_{MINT}.b": answer(value(b"old"), slot=10),
        },
    )
    account = (await node.accounts([MINT]))[MINT]
    assert account is not None
    assert account.data == b"new"


async def test_other_methods_answer_about_the_same_subject(tmp_path: Path) -> None:
    node = folder(tmp_path, one=asked("getTokenLargestAccounts", MINT, answer([{"amount": "1"}])))
    assert b'"amount":"1"' in bytes(await node.ask("getTokenLargestAccounts", [MINT]))
    with pytest.raises(NotAnswered, match="not recorded"):
        await node.ask("getTokenLargestAccounts", [OTHER])
    (one, two) = await node.ask_many("getTokenLargestAccounts", [[MINT], [OTHER]])
    assert not isinstance(one, NotAnswered)
    assert isinstance(two, NotAnswered)


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        '"text"',
        answer(value(data=b"") | {"data": ["%%%", "base64"]}),
        answer({"data": {"parsed": {}}, "owner": OWNER}),
        answer(value(lamports="5")),
        answer(value(owner="nobody")),
        asked("getAccountInfo", 7, answer(value())),
    ],
)
async def test_what_cannot_be_read_is_not_recorded(tmp_path: Path, content: Any) -> None:
    node = folder(tmp_path, **{f"getAccountInfo_{MINT}": content})
    assert await node.accounts([MINT]) == {}


async def test_accounts_of_a_program_are_those_that_are_recorded_and_fit(tmp_path: Path) -> None:
    fitting = base58.b58decode(MINT) + b"more"
    node = folder(
        tmp_path,
        **{f"getAccountInfo_{MINT}": answer(value(fitting)), f"getAccountInfo_{OTHER}": answer(value())},
    )
    match = MemoryMatch(offset=0, address=MINT)
    assert [one.address for one in await owned_accounts(node, OWNER, match)] == [MINT]
    assert await owned_parts(node, OWNER, match, slice(32, 36)) == {MINT: b"more"}


@pytest.mark.parametrize("program", [OTHER, TOKEN_PROGRAM])
async def test_of_what_may_not_be_all_there_is_no_list_is_made(tmp_path: Path, program: str) -> None:
    node = folder(tmp_path, **{f"getAccountInfo_{MINT}": answer(value(owner=TOKEN_PROGRAM))})
    with pytest.raises(NotAnswered, match="not recorded"):
        await owned_accounts(node, program, MemoryMatch(offset=0, address=MINT))
