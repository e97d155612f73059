"""Buttons that were pressed and wait for the bot's answer."""

import pytest

from sandbox.telegram.chats.callback_queries import CallbackAnswer, CallbackQueries

ANSWER = CallbackAnswer(answered=True, text="done")


async def test_the_answer_goes_to_the_query_it_names() -> None:
    queries = CallbackQueries()
    (first_id, first), (_, second) = (
        queries.open(chat_id=1, message_id=number, user_id=1, data="x") for number in (1, 2)
    )
    assert queries.answer(first_id, ANSWER) is first
    assert await first.answer == ANSWER
    assert not second.answer.done()


@pytest.mark.parametrize("life", [60.0, -1.0])
async def test_a_query_is_answered_once_and_not_after_its_life(life: float) -> None:
    queries = CallbackQueries(life=life)
    query_id, query = queries.open(chat_id=1, message_id=1, user_id=1, data="x")
    assert queries.answer(query_id, ANSWER) is (query if life > 0 else None)
    assert queries.answer(query_id, ANSWER) is None
    assert queries.answer("unknown", ANSWER) is None
