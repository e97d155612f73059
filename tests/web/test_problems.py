"""Refusals say what the asker needs to know, and nothing of the inside."""

import json

import pytest

from domain.errors import BadInput, DatabaseUnavailable, NotFound, NotSignedIn, Undecodable
from web.problems import problem_of


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotSignedIn("who?"), 401), (NotFound("gone"), 404), (BadInput("no"), 422)],
)
def test_what_is_said_to_people_is_said_to_programs(error: BadInput, status: int) -> None:
    answer = problem_of(error)
    assert (answer.status_code, json.loads(bytes(answer.body))["detail"]) == (status, str(error))


def test_what_happened_inside_stays_inside() -> None:
    for error in (DatabaseUnavailable("PostgreSQL at 10.0.0.5: refused"), Undecodable("transaction x")):
        answer = problem_of(error)
        assert answer.status_code >= 500
        assert str(error) not in bytes(answer.body).decode()


@pytest.mark.parametrize(("seconds", "header"), [(None, "5"), (0.1, "1"), (2.5, "3"), (10.0**9, "3600")])
def test_a_server_that_is_away_says_when_to_come_again(seconds: float | None, header: str) -> None:
    answer = problem_of(DatabaseUnavailable("away", retry_after=seconds))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, header)
