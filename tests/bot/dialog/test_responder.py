"""Speaking: what surely was not heard is said again, what may have been once more and marked."""

from collections.abc import AsyncIterator, Sequence

import pytest

from bot.dialog.reply import Document
from bot.dialog.responder import POSSIBLE_REPEAT, NotAccepted, Responder
from domain.chats import ChatKind, ChatTarget
from messaging.sending.rate_limiter import Limiter, LocalLimits
from messaging.telegram.methods import Methods
from sandbox.telegram.faults import Fault, FaultKind
from tests.bot.conftest import TOKEN, Town


class NoLimits:
    async def admit_all(self, requests: Sequence[object]) -> list[float]:
        return [0.0] * len(requests)

    async def pause(self, scope: str, seconds: float) -> None:
        return


@pytest.fixture
async def responder(town: Town) -> AsyncIterator[Responder]:
    methods = Methods(TOKEN, town.telegram.url)
    await methods.open()
    yield Responder(methods, Limiter(NoLimits(), rate=1000.0, local=LocalLimits()))
    await methods.close()


@pytest.fixture
def alice(town: Town) -> ChatTarget:
    return ChatTarget(chat_id=town.telegram.people.add_users(1)[0], kind=ChatKind.PRIVATE)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(fault=FaultKind.SERVER_ERROR, code=500),
        Fault(fault=FaultKind.FLOOD, retry_after=1),
    ],
)
async def test_a_refusal_that_passes_is_tried_again(
    town: Town, responder: Responder, alice: ChatTarget, fault: Fault
) -> None:
    town.telegram.faults.add(fault)
    assert await responder.send(alice, "hello") is not None
    assert town.texts(alice.chat_id) == ["hello"]


async def test_a_file_is_handed_over_again_when_it_surely_did_not_arrive(
    town: Town, responder: Responder, alice: ChatTarget
) -> None:
    town.telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, code=500))
    document = Document(name="a “b”.csv", content=b"a,b\r\n", caption="<two> columns")
    message_id = await responder.send_document(alice, document)
    (entry,) = town.telegram.ledger.messages(alice.chat_id)
    assert (entry.message_id, entry.text) == (message_id, "<two> columns")
    assert entry.message is not None
    assert entry.message.document is not None
    assert entry.message.document.file_size == 5


@pytest.mark.parametrize(
    ("kind", "first"),
    [(FaultKind.DROP_ANSWER, ["hello"]), (FaultKind.CUT_JSON, ["hello"]), (FaultKind.HTML, [])],
)
async def test_e62_and_e64_what_may_have_been_heard_is_said_once_more_and_says_so(
    town: Town, responder: Responder, alice: ChatTarget, kind: FaultKind, first: list[str]
) -> None:
    town.telegram.faults.add(Fault(fault=kind, code=502))
    assert await responder.send(alice, "hello") is not None
    assert town.texts(alice.chat_id) == [*first, f"{POSSIBLE_REPEAT}\nhello"]


async def test_what_is_never_confirmed_is_said_twice_at_most(
    town: Town, responder: Responder, alice: ChatTarget
) -> None:
    town.telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, times=5))
    assert await responder.send(alice, "hello") is None
    assert len(town.texts(alice.chat_id)) == 2


async def test_an_edit_whose_answer_is_lost_is_made_again(
    town: Town, responder: Responder, alice: ChatTarget
) -> None:
    message_id = await responder.send(alice, "hello") or 0
    town.telegram.faults.add(Fault(fault=FaultKind.HTML, code=502))
    await responder.edit(alice, message_id, "good bye")
    edits = [entry.text for entry in town.telegram.ledger.since(0) if entry.kind == "edit"]
    assert edits == ["good bye"]


@pytest.mark.parametrize(
    "fault", [Fault(fault=FaultKind.FLOOD, retry_after=35), Fault(fault=FaultKind.REVOKE)]
)
async def test_a_long_pause_is_left_to_the_inbox(
    town: Town, responder: Responder, alice: ChatTarget, fault: Fault
) -> None:
    town.telegram.faults.add(fault)
    with pytest.raises(NotAccepted) as caught:
        await responder.send(alice, "hello")
    assert (caught.value.retry_after or 0) >= 30


async def test_what_is_broken_is_said_as_plain_text(
    town: Town, responder: Responder, alice: ChatTarget
) -> None:
    assert await responder.send(alice, "a <b>bold") is not None
    assert town.texts(alice.chat_id) == ["a bold"]


async def test_an_equal_edit_and_an_old_tap_are_no_errors(
    town: Town, responder: Responder, alice: ChatTarget
) -> None:
    message_id = await responder.send(alice, "hello") or 0
    await responder.edit(alice, message_id, "hello")
    await responder.edit(alice, 999, "gone")
    await responder.answer_callback("4711", "too late")
    assert town.texts(alice.chat_id) == ["hello"]


async def test_a_group_that_moved_is_spoken_to_where_it_is(town: Town, responder: Responder) -> None:
    (ann,) = town.telegram.people.add_users(1)
    group = town.telegram.people.add_group("Club", {ann: "creator"}, kind="group")
    moved = town.telegram.people.migrate(group)
    await responder.send(ChatTarget(chat_id=group, kind=ChatKind.GROUP), "hello")
    assert town.texts(moved) == ["hello"]
