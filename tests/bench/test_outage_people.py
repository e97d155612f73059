"""The judge of replies: a question without one is found, however many copies the others have."""

from collections.abc import Sequence

import pytest

from bench.outage_people import Asked, Heard, question, talk

FILE, MARKED_FILE = ("document", False), ("document", True)


def texts(*numbers: int) -> list[Heard]:
    return [(str(number), False) for number in numbers]


def asked(questions: int, heard: Sequence[Heard], *limited: int, command: str = "/export wallets") -> Asked:
    return talk(questions, command, heard, frozenset(limited))


def test_every_other_question_names_itself_in_its_reply() -> None:
    assert [question(number, "/share") for number in range(4)] == ["/ask0", "/share", "/ask2", "/share"]
    assert [question(number, "") for number in range(2)] == ["/ask0", "/ask1"]


def test_all_that_was_asked_is_answered() -> None:
    found = asked(4, [*texts(0), FILE, *texts(2), FILE])
    assert found == Asked(questions=4, unanswered=0, unmarked=0, third=0)


def test_copies_of_one_reply_do_not_make_up_for_another() -> None:
    assert asked(4, [*texts(0), FILE, MARKED_FILE, *texts(2)]).unanswered == 1
    assert asked(3, [("0", False), ("0", True), ("2", False)], command="").unanswered == 1


def test_a_reply_that_came_only_as_a_marked_copy_is_one() -> None:
    assert asked(2, [("0", True), MARKED_FILE]) == Asked(questions=2, unanswered=0, unmarked=0, third=0)


def test_a_second_copy_must_say_so_and_there_is_no_third() -> None:
    assert asked(2, [*texts(0), FILE, FILE]).unmarked == 1
    assert asked(1, texts(0, 0)).unmarked == 1
    assert asked(2, [*texts(0), FILE, MARKED_FILE, MARKED_FILE]).third == 1


def test_a_picture_without_its_link_is_half_an_answer() -> None:
    parts = [*texts(0), ("photo", False)]
    assert asked(2, parts, command="/share").unanswered == 1
    assert asked(2, [*parts, ("link", False)], command="/share").unanswered == 0


def test_what_was_limited_is_notified_once_and_not_missed() -> None:
    found = asked(4, [*texts(0), FILE, ("notice", False)], 2, 3)
    assert (found.limited, found.unnotified, found.unanswered) == (2, 0, 0)
    assert asked(4, [*texts(0), FILE], 2, 3).unnotified == 1


@pytest.mark.parametrize(("heard", "unanswered"), [([FILE, FILE], 0), ([FILE], 1), ([FILE, MARKED_FILE], 1)])
def test_between_limited_questions_files_are_distinguished(heard: list[Heard], unanswered: int) -> None:
    found = asked(5, [*texts(0), *heard, ("notice", False), *texts(4)], 2)
    assert (found.unanswered, found.unmarked) == (unanswered, 0)
