"""Repeated work goes on after a server was away, and ends with any other fault."""

import logging

import pytest

from domain.errors import Unavailable
from runtime.periodic import run_periodically

log = logging.getLogger(__name__)


class Work:
    """Fails in turn with what it is given."""

    def __init__(self, *failures: Exception | None) -> None:
        self._failures = [*failures]

    async def __call__(self) -> None:
        if (failure := self._failures.pop(0)) is not None:
            raise failure


async def test_work_goes_on_after_a_server_was_away_and_says_what_waited(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = Work(None, Unavailable("PostgreSQL is away"), None, ValueError("wrong"))
    with caplog.at_level(logging.INFO), pytest.raises(ValueError, match="wrong"):
        await run_periodically(work, seconds=0.0, log=log, delayed="Prices wait: %s")
    assert caplog.messages == ["Prices wait: PostgreSQL is away"]


async def test_which_errors_may_pass_can_be_said(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(KeyError("refused"), Unavailable("away"))
    with pytest.raises(Unavailable, match="away"):
        await run_periodically(
            work, seconds=0.0, log=log, delayed="Trades wait: %s", level=logging.WARNING, errors=(KeyError,)
        )
    assert caplog.messages == ["Trades wait: 'refused'"]
