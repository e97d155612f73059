"""A second copy says so, and is counted as long as nobody knows that it did not arrive."""

import pytest

from bot.dialog.copies import counting_copies, marked, twice
from bot.dialog.update_context import UpdateContext, during_update
from domain.delivery.results import SendResult, SendStatus
from messaging.telegram.texts.alert import POSSIBLE_REPEAT


def calls(*statuses: SendStatus) -> tuple[list[SendStatus], list[SendStatus]]:
    return list(statuses), []


async def answered(left: list[SendStatus], made: list[SendStatus]) -> SendResult:
    made.append(left.pop(0))
    return SendResult(status=made[-1])


@pytest.mark.parametrize(
    ("statuses", "number"),
    [
        ((SendStatus.ACCEPTED, SendStatus.ACCEPTED), 1),
        ((SendStatus.REFUSED, SendStatus.ACCEPTED), 1),
        ((SendStatus.AMBIGUOUS, SendStatus.ACCEPTED), 2),
        ((SendStatus.AMBIGUOUS, SendStatus.AMBIGUOUS, SendStatus.ACCEPTED), 2),
    ],
)
async def test_what_may_be_done_twice_is_done_again_once_where_no_answer_comes(
    statuses: tuple[SendStatus, ...], number: int
) -> None:
    left, made = calls(*statuses)
    result = await twice(lambda: answered(left, made))
    assert len(made) == number
    assert result.status is made[-1]


@pytest.mark.parametrize(
    ("status", "sent"), [(SendStatus.ACCEPTED, 1), (SendStatus.AMBIGUOUS, 1), (SendStatus.REFUSED, 0)]
)
async def test_a_copy_counts_unless_it_surely_did_not_arrive(status: SendStatus, sent: int) -> None:
    context = UpdateContext(leave=lambda: None, use=lambda: 0.0)
    with during_update(context):
        await counting_copies(answered([status], []))
    assert context.sent == sent


def test_a_second_copy_says_so() -> None:
    assert marked("hello") == f"{POSSIBLE_REPEAT}\nhello"
