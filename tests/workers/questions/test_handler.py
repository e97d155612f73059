"""Who sees the answer to a question."""

from dataclasses import replace

from domain.jobs import Question, QuestionKind
from messaging.telegram.methods import Receiver
from workers.questions.handler import receiver_of

ASKED = Question(
    question_id=1,
    kind=QuestionKind.BALANCE,
    chat_id=-5,
    topic_id=0,
    message_id=7,
    subject="mint",
    attempts=1,
)


def test_everybody_sees_it_unless_one_person_alone_sees_its_message() -> None:
    assert receiver_of(ASKED) is None
    assert receiver_of(replace(ASKED, receiver_id=9)) == Receiver(9)
