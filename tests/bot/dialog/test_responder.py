"""The responder sends again what Telegram surely did not take, and once more what may have arrived.
A turn leaves its worker when it begins to wait.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest

from bot.dialog import responder as module
from bot.dialog.request import Document
from bot.dialog.responder import (
    NEVER,
    NotAccepted,
    Responder,
)
from bot.dialog.update_context import NO_USE, UpdateContext, during_update, leave_worker
from bot.intake.update_queue import HANDLE_SECONDS
from domain.chats import ChatKind, ChatTarget
from domain.circuits import Timing
from domain.errors import TelegramUnavailable
from messaging.sending.circuit_breaker import CircuitBreaker, LocalCircuit
from messaging.sending.rate_limiter import Limiter, LocalLimits
from messaging.telegram.charts.qr import qr_png
from messaging.telegram.methods import Methods
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.observability import metrics
from sandbox.telegram.faults import Fault, FaultKind
from tests.bot.conftest import TOKEN, TelegramChats


class NoLimits:
    async def admit_all(self, requests: Sequence[object]) -> list[float]:
        return [0.0] * len(requests)

    async def pause(self, scope: str, seconds: float) -> None:
        return


@pytest.fixture
async def responder(chats: TelegramChats) -> AsyncIterator[Responder]:
    methods = Methods(TOKEN, chats.telegram.url)
    await methods.open()
    yield Responder(methods, Limiter(NoLimits(), rate=1000.0, local=LocalLimits()))
    await methods.close()


@pytest.fixture
def alice(chats: TelegramChats) -> ChatTarget:
    return ChatTarget(chat_id=chats.telegram.people.add_users(1)[0], kind=ChatKind.PRIVATE)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(fault=FaultKind.SERVER_ERROR, code=500),
        Fault(fault=FaultKind.FLOOD, retry_after=1),
    ],
)
async def test_a_temporary_refusal_is_tried_again(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, fault: Fault
) -> None:
    chats.telegram.faults.add(fault)
    assert await responder.send(alice, "hello") is not None
    assert chats.texts(alice.chat_id) == ["hello"]


async def test_a_file_that_surely_did_not_arrive_is_sent_again(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, code=500))
    document = Document(name="a “b”.csv", content=b"a,b\r\n", caption="<two> columns")
    message_id = await responder.send_document(alice, document)
    (entry,) = chats.telegram.ledger.messages(alice.chat_id)
    assert (entry.message_id, entry.text) == (message_id, "<two> columns")
    assert entry.message is not None
    assert entry.message.document is not None
    assert entry.message.document.file_size == 5


@pytest.mark.parametrize(
    ("kind", "first"),
    [(FaultKind.DROP_ANSWER, ["hello"]), (FaultKind.CUT_JSON, ["hello"]), (FaultKind.HTML, [])],
)
async def test_e62_and_e64_an_ambiguous_message_is_sent_once_more_and_marked(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, kind: FaultKind, first: list[str]
) -> None:
    chats.telegram.faults.add(Fault(fault=kind, code=502))
    assert await responder.send(alice, "hello") is not None
    assert chats.texts(alice.chat_id) == [*first, f"{POSSIBLE_REPEAT}\nhello"]


async def test_an_unconfirmed_message_is_sent_twice_at_most(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, times=5))
    assert await responder.send(alice, "hello") is None
    assert len(chats.texts(alice.chat_id)) == 2


def handled_again(copies: int) -> UpdateContext:
    return UpdateContext(leave=lambda: None, use=lambda: NO_USE, copies=copies)


async def test_a_reply_that_may_have_come_before_says_so_and_comes_no_third_time(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER))
    with during_update(handled_again(1)):
        assert await responder.send(alice, "hello") is None
    with during_update(handled_again(2)):
        assert await responder.send(alice, "hello") is None
    assert chats.texts(alice.chat_id) == [f"{POSSIBLE_REPEAT}\nhello"]


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (None, 1),
        (Fault(fault=FaultKind.DROP_ANSWER), 2),
        (Fault(fault=FaultKind.SERVER_ERROR, code=500, times=9), 0),
    ],
)
async def test_the_copies_that_may_have_arrived_are_counted_for_the_next_attempt(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, fault: Fault | None, sent: int
) -> None:
    if fault is not None:
        chats.telegram.faults.add(fault)
    update_context = handled_again(0)
    with during_update(update_context), suppress(NotAccepted):
        await responder.send(alice, "hello")
    assert update_context.sent == sent


async def test_a_file_that_may_have_come_before_says_so(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    with during_update(handled_again(1)):
        await responder.send_document(alice, Document(name="a.csv", content=b"a", caption="columns"))
    assert chats.texts(alice.chat_id) == [f"{POSSIBLE_REPEAT}\ncolumns"]


@pytest.mark.parametrize("is_picture", [False, True], ids=["file", "picture"])
@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.DROP_ANSWER])
async def test_a_file_whose_answer_did_not_come_is_sent_once_more_and_says_so(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, *, kind: FaultKind, is_picture: bool
) -> None:
    chats.telegram.faults.add(Fault(fault=kind))
    file = Document(name="a.png", content=qr_png("hello"), caption="columns", is_picture=is_picture)
    assert await responder.send_document(alice, file)
    marked = f"{POSSIBLE_REPEAT}\ncolumns"
    assert chats.texts(alice.chat_id) == (["columns", marked] if kind is FaultKind.DROP_ANSWER else [marked])


async def test_a_file_below_its_text_is_no_further_copy_of_the_reply(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    update_context = handled_again(0)
    file = Document(name="a.csv", content=b"a", caption="columns")
    with during_update(update_context):
        await responder.send(alice, "hello")
        await responder.send_document(alice, file, is_alone=False)
    assert update_context.sent == 1
    with during_update(alone := handled_again(0)):
        await responder.send_document(alice, file)
    assert alone.sent == 1
    with during_update(handled_again(2)):
        assert await responder.send_document(alice, file) is None
        assert await responder.send_document(alice, file, is_alone=False)


async def test_an_edit_that_gets_no_answer_at_all_is_left_to_the_update_queue(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    message_id = await responder.send(alice, "hello") or 0
    chats.telegram.faults.add(Fault(fault=FaultKind.HTML, times=2))
    with pytest.raises(NotAccepted):
        await responder.edit(alice, message_id, "good bye")
    assert chats.texts(alice.chat_id) == ["hello"]


async def test_a_press_is_answered_again_where_no_answer_comes(
    chats: TelegramChats, responder: Responder
) -> None:
    before = requests_counted()
    chats.telegram.faults.add(Fault(fault=FaultKind.HTML, method="answerCallbackQuery"))
    await responder.answer_callback("4711", "done")
    assert requests_counted() - before == 2


async def test_an_ambiguous_edit_is_made_again(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    message_id = await responder.send(alice, "hello") or 0
    chats.telegram.faults.add(Fault(fault=FaultKind.HTML, code=502))
    await responder.edit(alice, message_id, "good bye")
    edits = [entry.text for entry in chats.telegram.ledger.since(0) if entry.kind == "edit"]
    assert edits == ["good bye"]


@pytest.mark.parametrize(
    "fault", [Fault(fault=FaultKind.FLOOD, retry_after=35), Fault(fault=FaultKind.REVOKE)]
)
async def test_a_long_pause_is_left_to_the_update_queue(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, fault: Fault
) -> None:
    chats.telegram.faults.add(fault)
    with pytest.raises(NotAccepted) as caught:
        await responder.send(alice, "hello")
    assert (caught.value.retry_after or 0) >= 30


async def test_broken_markup_is_sent_as_plain_text(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    assert await responder.send(alice, "a <b>bold") is not None
    assert chats.texts(alice.chat_id) == ["a bold"]


async def test_an_equal_edit_and_an_old_callback_query_are_no_errors(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    message_id = await responder.send(alice, "hello") or 0
    await responder.edit(alice, message_id, "hello")
    await responder.edit(alice, 999, "gone")
    await responder.answer_callback("4711", "too late")
    assert chats.texts(alice.chat_id) == ["hello"]


async def test_a_migrated_group_gets_the_reply_at_its_new_id(
    chats: TelegramChats, responder: Responder
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = chats.telegram.people.add_group("Club", {ann: "creator"}, kind="group")
    moved = chats.telegram.people.migrate(group)
    await responder.send(ChatTarget(chat_id=group, kind=ChatKind.GROUP), "hello")
    assert chats.texts(moved) == ["hello"]


def requests_counted() -> float:
    samples = (sample for metric in metrics.telegram_requests.collect() for sample in metric.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_total"))


async def test_each_request_to_telegram_is_counted_once(
    chats: TelegramChats, responder: Responder, alice: ChatTarget
) -> None:
    before = requests_counted()
    message_id = await responder.send(alice, "hello") or 0
    await responder.edit(alice, message_id, "good bye")
    assert requests_counted() - before == 2
    chats.telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, code=500))
    await responder.send(alice, "again")
    assert requests_counted() - before == 4


@pytest.fixture
async def guarded(chats: TelegramChats) -> AsyncIterator[Responder]:
    """One that stands still while Telegram does not answer."""
    methods = Methods(TOKEN, chats.telegram.url)
    await methods.open()
    breaker = CircuitBreaker(LocalCircuit(), methods.probe, timing=Timing(first_wait=0.05, max_wait=0.1))
    yield Responder(methods, Limiter(NoLimits(), rate=1000.0, local=LocalLimits(), breaker=breaker))
    await methods.close()


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.REFUSE])
async def test_while_telegram_is_away_a_reply_waits_for_its_update_and_comes_afterwards(
    chats: TelegramChats,
    guarded: Responder,
    alice: ChatTarget,
    kind: FaultKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_ADMISSION_SECONDS", 0.3)
    fault_id = chats.telegram.faults.add(Fault(fault=kind, times=None))
    for _ in range(2):
        with pytest.raises(TelegramUnavailable):
            await guarded.send(alice, "hello")
    with pytest.raises(TelegramUnavailable):
        await guarded.answer_callback("4711")
    assert chats.texts(alice.chat_id) == []
    chats.telegram.faults.remove(fault_id)
    monkeypatch.setattr(module, "MAX_ADMISSION_SECONDS", 5.0)
    assert await guarded.send(alice, "hello") is not None
    assert chats.texts(alice.chat_id) == ["hello"]


async def test_an_ambiguous_reply_is_repeated_when_telegram_is_seen_to_answer(
    chats: TelegramChats, guarded: Responder, alice: ChatTarget
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.HTML, times=4))
    assert await guarded.send(alice, "hello") is not None
    assert chats.texts(alice.chat_id) == [f"{POSSIBLE_REPEAT}\nhello"]


@pytest.mark.parametrize("limit", ["CALL_SECONDS", "UPLOAD_SECONDS"])
async def test_an_edge_that_stalls_is_seen_to_do_so_and_the_repeat_waits_for_its_end(
    chats: TelegramChats, guarded: Responder, alice: ChatTarget, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(module, limit, 0.2)
    chats.telegram.faults.add(Fault(fault=FaultKind.STALL_ANSWER, seconds=1.0))
    chats.telegram.faults.add(Fault(fault=FaultKind.HTML, method="getMe", times=3))
    update_context = handled_again(0)
    with during_update(update_context):
        if limit == "CALL_SECONDS":
            assert await guarded.send(alice, "hello") is not None
        else:
            document = Document(name="a.csv", content=b"a", caption="hello")
            assert await guarded.send_document(alice, document) is not None
    assert chats.texts(alice.chat_id) == ["hello", f"{POSSIBLE_REPEAT}\nhello"]
    assert update_context.sent == 2
    assert not chats.telegram.faults.active(), "the probes went before the repeat"


@pytest.mark.parametrize(
    "description", ["Bad Request: chat not found", "Bad Request: not enough rights to send text messages"]
)
async def test_a_certain_refusal_differs_from_an_answer_that_did_not_come(
    chats: TelegramChats, responder: Responder, alice: ChatTarget, description: str
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.ERROR, code=400, description=description))
    assert await responder.send(alice, "hello") == NEVER


def test_an_update_has_time_to_wait_for_a_limit_and_for_an_answer() -> None:
    assert module.MAX_ADMISSION_SECONDS + module.CALL_SECONDS < HANDLE_SECONDS
    assert module.UPLOAD_SECONDS < HANDLE_SECONDS


def test_within_a_turn_the_worker_is_left_and_the_use_is_known() -> None:
    left: list[bool] = []
    with during_update(UpdateContext(leave=lambda: left.append(True), use=lambda: 2.5)):
        assert leave_worker()() == 2.5
    assert left == [True]


def test_without_a_turn_there_is_no_worker_to_leave() -> None:
    assert leave_worker()() == NO_USE
