"""HTTP callers: API keys, scopes, and secrets. Pure.

Only hashes of secrets are stored; a secret is random and long, so a plain SHA-256 of it is enough.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.chats import ChatTarget

KEY_PREFIX = "ww_"
"""How every key of the API begins, so that scanners of leaked secrets know it."""
SECRET_CHARACTERS = 43
"""32 random bytes as URL-safe base64 without padding."""
SHOWN_CHARACTERS = len(KEY_PREFIX) + 6
"""Of a key, by which people know it again."""
MAX_KEY_NAME = 40
MAX_KEY_DAYS = 3_650
SIGN_IN_SECONDS = 60
"""How long a link into the web holds, for one use."""
SESSION_SECONDS = 30 * 86_400
_SECRET = re.compile(rf"[A-Za-z0-9_-]{{{SECRET_CHARACTERS}}}")


class Standing(StrEnum):
    """What a person is in a chat."""

    NONE = "none"
    MEMBER = "member"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a key may be used for; the rights of its owner bound it at each act."""

    READ = "read"
    """Read what the chat may read."""
    WRITE = "write"
    """Change what the chat follows and gets."""
    ADMIN = "admin"
    """Operators' calls, for a key that an operator made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a person on the page, or a program with a key."""

    user_id: int
    """The person, or the owner of the key."""
    target: ChatTarget
    """The chat for which they ask."""
    scopes: frozenset[Scope]
    key_id: int | None = None
    """None: a person on the page."""

    @property
    def name(self) -> str:
        """By which requests are counted and repeated ones are known."""
        return f"person:{self.user_id}" if self.key_id is None else f"key:{self.key_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as its owner sees it: never the secret."""

    key_id: int
    prefix: str
    name: str
    owner_id: int
    target: ChatTarget
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    """None: never."""
    last_used_at: datetime | None = None
    """None: never, or not in the last minutes."""


def hash_of(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(text: str) -> bool:
    """Whether a text has the form of a secret; what has not is not looked up."""
    return _SECRET.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    return text.startswith(KEY_PREFIX) and is_secret(text.removeprefix(KEY_PREFIX))
