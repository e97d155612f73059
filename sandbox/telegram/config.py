"""Settings of a sandbox Telegram: address, tokens, limits, retries, and the users and groups at the start."""

from dataclasses import dataclass
from pathlib import Path

from runtime.settings.settings import SANDBOX_OPENID_SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodLimits:
    """How much a bot may send before the answer is 429; edits count, too.

    `{"bot_per_second":30,"chat_burst":5}`.
    """

    enabled: bool = True  # False: there are no limits
    bot_per_second: int = 30  # messages in any second, over all chats
    paid_per_second: int = 1000  # the same, for messages that the bot pays for
    chat_per_second: float = 1.0  # sustained rate of one chat
    chat_burst: int = 5  # messages to one chat at once before the rate counts
    group_per_minute: int = 20  # messages in any minute, in one group


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedUser:
    """A user who exists from the start."""

    name: str  # first name, unique among the seeds: groups refer to it
    username: str | None = None
    language: str = "en"  # IETF tag, as clients report it
    started: bool = False  # whether the user has written to the bot before, so that the bot may write first


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedGroup:
    """A group that exists from the start, with the bot in it."""

    title: str
    members: tuple[str, ...]  # names of seeded users
    admins: tuple[str, ...] = ()  # those of them who are administrators; the first is the owner
    topics: tuple[str, ...] = ()  # names of forum topics; empty: not a forum


# They have started the bot: a bot that knows them from before a restart of the sandbox may continue writing.
DEFAULT_USERS = (
    SeedUser(name="Alice", username="alice_sandbox", started=True),
    SeedUser(name="Bob", username="bob_sandbox", started=True),
    SeedUser(name="Carol", username="carol_sandbox", language="de", started=True),
)
DEFAULT_GROUPS = (
    SeedGroup(title="Whale Club", members=("Alice", "Bob", "Carol"), admins=("Alice",)),
    SeedGroup(
        title="Research Desk", members=("Alice", "Bob"), admins=("Bob",), topics=("Alerts", "Smart money")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramConfig:
    """The settings of a sandbox Telegram."""

    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    tokens: tuple[str, ...] = ()  # tokens accepted; empty: any that is well formed
    bot_name: str = "Whale Watcher"
    bot_username: str = "whale_watcher_bot"
    privacy: bool = (
        True  # in groups the bot reads only what is addressed to it, unless it is an administrator
    )
    limits: FloodLimits = FloodLimits()
    openid_secret: str = SANDBOX_OPENID_SECRET.reveal()  # what a page that lets people sign in has to show
    openid_algorithm: str = "RS256"  # of id tokens: RS256 or ES256
    rich_messages: bool = True  # whether the server speaks Bot API 10.1
    ephemeral_messages: bool = True  # whether it speaks Bot API 10.3
    webhook_retry_base: float = 1.0  # seconds; retries of an update wait 0, 2, 4, 8... times this
    webhook_hosts: frozenset[str] = frozenset()  # posted to, besides this machine
    webhook_timeout: float = 60.0  # seconds one request to the webhook may take
    ledger_size: int = 200_000  # entries kept
    messages_per_chat: int = 2_000  # messages of a chat kept for edits, replies and the page
    first_update_id: int = 100_000_001  # ids rise from here, without holes
    pending_updates: int = 100_000  # updates kept for a bot that does not fetch them
    archive: Path | None = None  # the file that keeps conversations over a restart; None: they are not kept
    users: tuple[SeedUser, ...] = DEFAULT_USERS
    groups: tuple[SeedGroup, ...] = DEFAULT_GROUPS
