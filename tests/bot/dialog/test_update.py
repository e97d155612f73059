"""Telegram's JSON in our own words."""

import json

import pytest

from bot.dialog.update import CallbackQuery, Ignored, Membership, Message, Migration, read_update

PERSON = {"id": 5, "is_bot": False, "first_name": "Ann", "last_name": "Lee"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Ann", "last_name": "Lee"}
GROUP = {"id": -100, "type": "supergroup", "title": "Club"}


def read(**update: object) -> object:
    return read_update(json.dumps({"update_id": 1, **update}))


def test_a_message_in_private() -> None:
    message = read(message={"message_id": 2, "date": 3, "chat": PRIVATE, "from": PERSON, "text": "hi"})
    assert isinstance(message, Message)
    assert (message.user_id, message.text, message.target.title) == (5, "hi", "Ann Lee")
    assert message.target.is_private


def test_a_thread_of_replies_is_no_topic() -> None:
    common = {"message_id": 2, "chat": GROUP, "from": PERSON, "text": "hi", "message_thread_id": 9}
    plain, topic = read(message=common), read(message={**common, "is_topic_message": True})
    assert isinstance(plain, Message)
    assert isinstance(topic, Message)
    assert (plain.target.topic_id, topic.target.topic_id) == (0, 9)


@pytest.mark.parametrize(("sender", "as_group"), [(-100, True), (-200, False)])
def test_who_writes_as_a_chat_is_nobody_in_particular(sender: int, *, as_group: bool) -> None:
    chat = {"id": sender, "type": "channel", "title": "X"}
    message = read(
        message={"message_id": 2, "chat": GROUP, "from": PERSON, "sender_chat": chat, "text": "/w"}
    )
    assert isinstance(message, Message)
    assert message.user_id == 0
    assert message.is_from_group == as_group


def test_what_is_forwarded_is_marked() -> None:
    origin = {"type": "user", "date": 1, "sender_user": PERSON}
    message = read(message={"message_id": 2, "chat": PRIVATE, "from": PERSON, "forward_origin": origin})
    assert isinstance(message, Message)
    assert message.is_forwarded


def test_a_callback_query_keeps_the_buttons_of_its_message() -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    under = {"message_id": 2, "date": 0, "chat": GROUP, "reply_markup": markup}
    callback_query = read(callback_query={"id": "7", "from": PERSON, "message": under, "data": "d"})
    assert isinstance(callback_query, CallbackQuery)
    assert (callback_query.query_id, callback_query.data, callback_query.target.chat_id) == ("7", "d", -100)
    assert json.loads(callback_query.markup) == markup


@pytest.mark.parametrize(
    ("old", "new", "was", "now"),
    [
        ({"status": "member"}, {"status": "kicked"}, True, False),
        ({"status": "left"}, {"status": "administrator"}, False, True),
        ({"status": "member"}, {"status": "restricted", "is_member": False}, True, False),
    ],
)
def test_a_membership_says_whether_the_bot_can_write(
    old: dict[str, object], new: dict[str, object], *, was: bool, now: bool
) -> None:
    change = read(
        my_chat_member={"chat": GROUP, "from": PERSON, "old_chat_member": old, "new_chat_member": new}
    )
    assert isinstance(change, Membership)
    assert (change.was_member, change.is_member) == (was, now)


@pytest.mark.parametrize("service", [{"migrate_to_chat_id": -100}, {"migrate_from_chat_id": -7}])
def test_a_migration_is_read_from_either_side(service: dict[str, int]) -> None:
    chat = {**GROUP, "id": -7} if "migrate_to_chat_id" in service else GROUP
    moved = read(message={"message_id": 1, "chat": chat, **service})
    assert moved == Migration(update_id=1, old_id=-7, new_id=-100)


def test_what_asks_nothing_is_nothing() -> None:
    assert read(poll={"id": "1"}) == Ignored(update_id=1)
    assert read(callback_query={"id": "7", "from": PERSON, "inline_message_id": "i"}) == Ignored(update_id=1)


def test_what_is_nested_deeper_than_anything_telegram_sends_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        read_update('{"update_id": 1, "message": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}")
