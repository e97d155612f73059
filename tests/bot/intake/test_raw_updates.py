"""Whose an update is, and whether it asks anything.
What getUpdates answers: one bad update among good ones.
"""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.raw_updates import UpdateIds, as_unreadable, read_update_ids, split_updates, unreadable_id
from domain.delivery.results import SendResult

ANN = {"id": 5}
PRIVATE = {"id": 5, "type": "private"}
GROUP = {"id": -100, "type": "supergroup"}


def nested(levels: int) -> bytes:
    return b'{"update_id":2,"message":' + b"[" * levels + b'"}]"' + b"]" * levels + b"}"


DEEP = nested(100_000)


def ids(username: str = "", **update: object) -> UpdateIds:
    return read_update_ids(json.dumps({"update_id": 1, **update}).encode(), username=username)


def message(text: str, chat: object = GROUP, **more: object) -> dict[str, object]:
    return {"message_id": 1, "chat": chat, "from": ANN, "text": text, **more}


def test_a_private_message_asks_and_is_its_authors() -> None:
    assert ids(message=message("hi", PRIVATE)) == UpdateIds(
        update_id=1, chat_id=5, user_id=5, is_request=True
    )


@pytest.mark.parametrize(
    ("text", "asks"),
    [("/help", True), ("/help@WhaleBot 5", True), ("/roll@dicebot", False), ("hello", False), ("/", True)],
)
def test_in_a_group_commands_to_this_bot_ask(text: str, *, asks: bool) -> None:
    assert ids("whalebot", message=message(text)).is_request is asks


def test_a_pressed_button_asks() -> None:
    query = {"id": "q", "from": ANN, "data": "x", "message": message("", GROUP)}
    assert ids(callback_query=query) == UpdateIds(update_id=1, chat_id=-100, user_id=5, is_request=True)


def test_who_writes_in_the_name_of_a_group_is_nobody_whose_requests_are_counted_elsewhere() -> None:
    found = ids(message=message("/help", sender_chat=GROUP))
    assert (found.user_id, found.is_request) == (0, True)


def test_what_is_no_request_keeps_its_chat() -> None:
    assert ids(my_chat_member={"chat": GROUP}) == UpdateIds(update_id=1, chat_id=-100)
    assert ids() == UpdateIds(update_id=1)


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_nesting_is_refused_as_unreadable(depth: int) -> None:
    body = b'{"update_id": 1, "message": ' + b"[" * depth + b"]" * depth + b"}"
    try:
        read_update_ids(body)
    except ValueError:
        return
    pytest.fail("such a message is no message")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["update_id", "message", "chat", "id", "from", "text"]), inner)
            | st.lists(inner)
        ),
    )
)
def test_whatever_comes_has_ids_or_is_refused(value: object) -> None:
    for body in (value, {"update_id": 1, "message": value}, {"update_id": 1, "callback_query": value}):
        try:
            found = read_update_ids(json.dumps(body).encode())
        except ValueError:
            assert body is value
        else:
            assert 0 <= found.update_id < 2**63
            assert abs(found.chat_id) < 2**63


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
    encoded = [*map(msgspec.json.encode, updates), nested(10_000)]
    assert split_updates(200, answer(*encoded)) == encoded
