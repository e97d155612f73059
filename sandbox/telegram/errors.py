"""Refusals of the sandbox Telegram, in Telegram's own words.

Exception
 ├─ ApiError      the answer to a bot: code, description, parameters
 └─ PeopleError   the answer to who drives people: the action is impossible
"""

from collections.abc import Mapping


class ApiError(Exception):
    """A Bot API call is refused.

    Args:
        code: as HTTP has it, such as 403.
        description: in Telegram's own words, with its prefix.
        parameters: such as `retry_after` or `migrate_to_chat_id`; None: none.
    """

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class PeopleError(Exception):
    """A user cannot do that: no such chat, message or button, or the bot is blocked."""


def bad_request(reason: str, parameters: Mapping[str, int] | None = None) -> ApiError:
    """400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {reason}", parameters)


def parse_refused(complaint: str) -> ApiError:
    """400 for markup that cannot be read."""
    return bad_request(f"can't parse entities: {complaint}")


def forbidden(reason: str) -> ApiError:
    """403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """409 with Telegram's prefix."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """429; `retry_after` is in whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
