"""What follows for a notice from each thing that a try may come to."""

import pytest

from domain.delivery.deliveries import MAX_ATTEMPTS, Fate, Outcome, State
from domain.delivery.system_messages import Notice, NoticeKind, settle_notice
from domain.rules.lanes import Lane


def notice(kind: NoticeKind, *, attempts: int = 0) -> Notice:
    return Notice(
        notice_id=1,
        kind=kind,
        chat_id=1,
        topic_id=0,
        message_id=7,
        delivery_id=3,
        upto_id=1,
        lane=Lane.NORMAL,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("kind", "fate", "state"),
    [
        (NoticeKind.OUTAGE, Fate.ACCEPTED, State.SENT),
        (NoticeKind.OUTAGE, Fate.LOST, State.UNKNOWN),
        (NoticeKind.REPLY, Fate.LOST, State.UNKNOWN),
        (NoticeKind.EDIT, Fate.LOST, State.PENDING),
        (NoticeKind.OUTAGE, Fate.REFUSED, State.PENDING),
        (NoticeKind.EDIT, Fate.STOPPED, State.PENDING),
        (NoticeKind.EDIT, Fate.MIGRATED, State.PENDING),
        (NoticeKind.OUTAGE, Fate.CHAT_GONE, State.DEAD),
        (NoticeKind.OUTAGE, Fate.IMPOSSIBLE, State.DEAD),
        (NoticeKind.REPLY, Fate.IMPOSSIBLE, State.DEAD),
    ],
)
def test_each_fate_leads_somewhere(kind: NoticeKind, fate: Fate, state: State) -> None:
    settled = settle_notice(notice(kind), Outcome(fate=fate))
    assert (settled.kind, settled.state) == (kind, state)


def test_an_edit_that_is_refused_for_good_becomes_an_answer_to_the_message() -> None:
    refusal = Outcome(fate=Fate.IMPOSSIBLE, reason="Bad Request: message can't be edited")
    settled = settle_notice(notice(NoticeKind.EDIT), refusal)
    assert (settled.kind, settled.state) == (NoticeKind.REPLY, State.PENDING)


def test_a_message_that_somebody_deleted_needs_no_correction() -> None:
    refusal = Outcome(fate=Fate.IMPOSSIBLE, reason="Bad Request: message to edit not found")
    assert settle_notice(notice(NoticeKind.EDIT), refusal).state is State.DEAD


def test_waits_are_as_long_as_telegram_asks_or_grow_and_end() -> None:
    flood = Outcome(fate=Fate.REFUSED, retry_after=35)
    assert settle_notice(notice(NoticeKind.OUTAGE), flood).wait == 35
    refused = Outcome(fate=Fate.REFUSED)
    waits = [settle_notice(notice(NoticeKind.EDIT, attempts=n), refused).wait for n in range(4)]
    assert waits == [1, 2, 4, 8]
    last = notice(NoticeKind.EDIT, attempts=MAX_ATTEMPTS - 1)
    assert settle_notice(last, refused).state is State.DEAD
