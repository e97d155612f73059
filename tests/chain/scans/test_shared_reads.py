"""Accounts that a scan reads once, and those that are read beside them."""

import pytest

from chain.scans.node import NotAnswered
from chain.scans.shared_reads import SharedReads
from tests.chain import samples
from tests.chain.scans.tables import REFUSED, TableNode, account

ONE, TWO, POOL = (samples.address(name) for name in ("one", "two", "pool"))
WORLD = {at: account(at, b"") for at in (ONE, POOL)}


async def test_what_is_wanted_later_comes_with_what_is_wanted_first() -> None:
    asked = TableNode(dict(WORLD))
    node = SharedReads(asked, extra=[POOL, ONE])
    assert await node.accounts([ONE]) == {ONE: WORLD[ONE]}
    assert await node.accounts([POOL, ONE]) == {POOL: WORLD[POOL], ONE: WORLD[ONE]}
    assert await node.accounts([TWO, POOL]) == {TWO: None, POOL: WORLD[POOL]}
    assert len(asked.asked) == 2
    assert node.left == asked.left


async def test_one_question_takes_no_more_than_it_has_room_for() -> None:
    asked = TableNode(dict(WORLD))
    node = SharedReads(asked, extra=[samples.address(str(at)) for at in range(120)] + [POOL])
    await node.accounts([ONE])
    await node.accounts([POOL])
    assert len(asked.asked) == 2


async def test_other_questions_go_to_the_node() -> None:
    node = SharedReads(TableNode({}, {"getSlot": 5}), extra=[])
    assert bytes(await node.ask("getSlot", [])) == b"5"
    assert [
        bytes(one) for one in await node.ask_many("getSlot", [[], []]) if not isinstance(one, NotAnswered)
    ] == [
        b"5",
        b"5",
    ]
    with pytest.raises(NotAnswered, match=REFUSED):
        await SharedReads(TableNode(), extra=[]).accounts([ONE])
