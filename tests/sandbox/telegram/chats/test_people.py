"""People and groups: what they do, and what the bot hears of it."""

import pytest

from sandbox.telegram import MessageTarget
from sandbox.telegram.chats.files import Upload
from sandbox.telegram.errors import PeopleError
from tests.sandbox.telegram.calls import heard
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def test_blocking_and_unblocking_is_sent_once(stage: Stage) -> None:
    people = stage.telegram.people
    for act in (people.block, people.block, people.unblock):
        act(stage.alice.id)
    changes = [one.my_chat_member for one in await heard(stage)]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in changes if one] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_a_blocked_bot_cannot_be_written_to(stage: Stage) -> None:
    stage.telegram.people.block(stage.alice.id)
    with pytest.raises(PeopleError, match="unblock it first"):
        stage.telegram.people.send(stage.alice.id, "/start")


async def test_a_file_can_be_sent_and_fetched(stage: Stage) -> None:
    upload = Upload(name="wallets.txt", mime="text/plain", content=b"one\ntwo\n")
    stage.telegram.people.send_document(stage.alice.id, upload, caption="/import")
    [update] = await heard(stage)
    assert update.message is not None
    assert update.message.document is not None
    assert update.message.caption == "/import"
    async with stage.bot:
        file = await stage.bot.get_file(update.message.document.file_id)
    assert file.file_size == 8


@pytest.mark.parametrize("text", ["", "  ", "x" * 4_097])
async def test_what_an_app_would_not_send_is_refused(stage: Stage, text: str) -> None:
    with pytest.raises(PeopleError):
        stage.telegram.people.send(stage.alice.id, text)


async def test_strangers_stay_outside(stage: Stage) -> None:
    people = stage.telegram.people
    bob = people.add_user("Bob")
    chat_id = people.add_group("Club", {stage.alice.id: "creator"})
    with pytest.raises(PeopleError, match="Bob is not in that group"):
        people.send(bob.id, "/x", MessageTarget(chat_id=chat_id))
    with pytest.raises(PeopleError, match="no user 1"):
        people.send(1, "/x")
    with pytest.raises(PeopleError, match="no chat -1"):
        people.send(bob.id, "/x", MessageTarget(chat_id=-1))
