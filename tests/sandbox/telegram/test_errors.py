"""Refusals in Telegram's words."""

import pytest

from sandbox.telegram import errors
from sandbox.telegram.errors import ApiError


@pytest.mark.parametrize(
    ("error", "code", "description"),
    [
        (errors.bad_request("chat not found"), 400, "Bad Request: chat not found"),
        (errors.parse_refused("no end"), 400, "Bad Request: can't parse entities: no end"),
        (errors.forbidden("bot was blocked"), 403, "Forbidden: bot was blocked"),
        (errors.conflict("other poll"), 409, "Conflict: other poll"),
        (errors.too_many_requests(3), 429, "Too Many Requests: retry after 3"),
    ],
)
def test_code_and_prefix_belong_together(error: ApiError, code: int, description: str) -> None:
    assert (error.code, error.description, str(error)) == (code, description, description)


def test_the_wait_is_a_parameter() -> None:
    assert errors.too_many_requests(3).parameters == {"retry_after": 3}
