import pytest

from domain import errors
from domain.errors import (
    BadAddress,
    BadInput,
    DatabaseUnavailable,
    NodeUnavailable,
    QueueUnavailable,
    Unavailable,
)

TREE = [one for one in vars(errors).values() if isinstance(one, type) and one.__module__ == errors.__name__]


@pytest.mark.parametrize("error", TREE)
def test_every_error_stands_in_the_one_tree_and_in_its_drawing(error: type[Exception]) -> None:
    assert issubclass(error, errors.WhaleWatcherError)
    assert error.__name__ in (errors.__doc__ or "")


def test_an_absent_server_says_when_to_come_back_if_it_said_so() -> None:
    assert Unavailable("away").retry_after is None
    assert NodeUnavailable("limited", retry_after=2.5).retry_after == 2.5
    assert issubclass(DatabaseUnavailable, Unavailable)
    assert issubclass(QueueUnavailable, Unavailable)


def test_what_a_person_typed_is_answered_with_the_text_of_the_error() -> None:
    assert issubclass(BadAddress, BadInput)
    assert str(BadAddress("no address")) == "no address"
