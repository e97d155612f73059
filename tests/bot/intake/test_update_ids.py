"""Whose an update is, and whether it asks anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.update_ids import UpdateIds, read_update_ids

ANN = {"id": 5}
PRIVATE = {"id": 5, "type": "private"}
GROUP = {"id": -100, "type": "supergroup"}


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
