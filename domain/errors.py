"""The one tree of errors. An error carries the decision as attributes; its text is the message.

WhaleWatcherError
├── BadInput                 what a person typed cannot be used; the text tells them why and what to do
│   └── BadAddress
├── NotSignedIn              the caller over HTTP has not proved who they are
├── NotAllowed               the caller over HTTP may not do that; the text tells them why
├── NotFound                 what somebody asks for over HTTP is not there, or not theirs to see
├── Unavailable              a server did not answer as it should; try again later (retry_after)
│   ├── NodeUnavailable      no RPC provider answered
│   │   └── NodeUnreadable   what they answered cannot be read; asking again gives the same
│   ├── TelegramUnavailable  Telegram answers nobody at present
│   ├── DatabaseUnavailable  PostgreSQL is unavailable
│   └── QueueUnavailable     Redis is unavailable or refuses writes
├── SecretUnreadable         what people entrusted cannot be opened; the text says what to do
├── Undecodable              one transaction cannot be understood; it is quarantined, nothing stops
└── Misconfigured            the start must not continue; the text says what to change
"""

from collections.abc import Callable


class WhaleWatcherError(Exception):
    """Root of every error this project raises on purpose."""


class BadInput(WhaleWatcherError):  # noqa: N818 - names say the fact, not that it is an error
    """What a person typed cannot be used; the text is written for that person.

    Args:
        message: plain text in English, which whoever shows it translates; or a function that says it for a
            `locale`, in Telegram HTML with its values escaped.
        values: what stands in place of `{name}` in the message.
    """

    def __init__(self, message: str | Callable[..., str], **values: object) -> None:
        self.message = message
        self.values = values
        if callable(message):
            super().__init__(message())
        else:
            super().__init__(message.format_map(values) if values else message)


class BadAddress(BadInput):
    """The text is not a Solana address: 32 bytes in base58, 32 to 44 characters."""


class NotSignedIn(WhaleWatcherError):  # noqa: N818 - the same
    """The caller over HTTP has not proved who they are."""


class NotAllowed(WhaleWatcherError):  # noqa: N818 - the same
    """The caller over HTTP may not do that; the text tells them why."""


class NotFound(WhaleWatcherError):  # noqa: N818 - the same
    """What somebody asks for over HTTP is not there, or not theirs to see."""


class Unavailable(WhaleWatcherError):  # noqa: N818 - the same
    """A server did not answer as it should.

    Attributes:
        retry_after: seconds to wait before the next try, where the server said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NodeUnavailable(Unavailable):
    """No RPC provider gave a usable answer."""


class NodeUnreadable(NodeUnavailable):
    """Every provider that answered sent something that cannot be read."""


class TelegramUnavailable(Unavailable):
    """Telegram answers nobody at present; what waits for it is not at fault, however long that lasts."""


class DatabaseUnavailable(Unavailable):
    """PostgreSQL did not answer."""


class QueueUnavailable(Unavailable):
    """Redis did not answer, or refuses writes."""


class SecretUnreadable(WhaleWatcherError):  # noqa: N818 - the same
    """What people entrusted cannot be opened with SECRETS_KEY; the text says what to do, and no secret."""


class Undecodable(WhaleWatcherError):  # noqa: N818 - the same
    """One transaction cannot be understood; the text says what and where."""


class Misconfigured(WhaleWatcherError):  # noqa: N818 - the same
    """The start must not continue; the text says what to change."""
