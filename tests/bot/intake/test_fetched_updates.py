"""What getUpdates answers: one bad update among good ones."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.fetched_updates import as_unreadable, split_updates, unreadable_id
from domain.delivery.results import SendResult

DEEP = b'{"update_id":2,"message":' + b"[" * 100_000 + b'"}]"' + b"]" * 100_000 + b"}"


def answer(*updates: bytes) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


def test_good_updates_are_split_unread() -> None:
    assert split_updates(200, answer(b'{"update_id":1}', b"7")) == [b'{"update_id":1}', b"7"]
    assert split_updates(200, answer()) == []


def test_one_that_is_nested_too_deeply_leaves_its_neighbours_whole() -> None:
    good = b'{"update_id":1,"a":"]},[{\\""}'
    assert split_updates(200, answer(good, DEEP, b'{"update_id":3}')) == [good, DEEP, b'{"update_id":3}']
    assert unreadable_id(DEEP) == 2


def test_what_is_no_answer_is_a_result() -> None:
    for body in (b"", b"<html>", b'{"ok":false,"error_code":409,"description":"Conflict"}'):
        assert isinstance(split_updates(502, body), SendResult)


def test_what_cannot_be_read_is_kept_as_json_and_bounded() -> None:
    kept = json.loads(as_unreadable(2, b"\xff\x00" + DEEP))
    assert kept["update_id"] == 2
    assert len(kept["unreadable"]) == 4_000
    assert "\x00" not in kept["unreadable"]
    assert unreadable_id(b'{"update_id": 99999999999999999999}') is None


@given(st.lists(st.dictionaries(st.text(), st.text() | st.lists(st.text()))))
def test_counting_brackets_splits_as_a_parser_does(updates: list[dict[str, object]]) -> None:
    encoded = [msgspec.json.encode(update) for update in updates]
    found = split_updates(200, answer(*encoded, DEEP))
    assert found == [*encoded, DEEP]
