"""The bots of the sandbox: their tokens, chats, updates and command menus."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sandbox.telegram.chats.callback_queries import CallbackQueries
from sandbox.telegram.chats.flood import Flood
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.config import TelegramConfig
from sandbox.telegram.errors import ApiError
from sandbox.telegram.shapes import Command, Me, User
from sandbox.telegram.updates.update_queue import UpdateQueue
from sandbox.telegram.updates.webhook import WebhookPusher

DEFAULT_TOKEN = "7000000001:SANDBOX-token-of-the-local-Telegram"  # noqa: S105 - opens nothing but the sandbox
_TOKEN = re.compile(r"(\d{1,16}):[A-Za-z0-9_\-]{3,80}")
_MAX_BOTS = 1_000
FIRST_GROUP = 1_001_000_000_001


@dataclass(slots=True, kw_only=True)
class Bot:
    """One bot with its chats, updates and command menus."""

    user: User
    privacy: bool
    update_queue: UpdateQueue
    flood: Flood
    callback_queries: CallbackQueries
    pusher: WebhookPusher | None = None
    rooms: dict[int, Room] = field(default_factory=dict)
    commands: "OrderedDict[tuple[str, str], tuple[Command, ...]]" = field(default_factory=OrderedDict)
    message_ids: "count[int]" = field(default_factory=lambda: count(1))
    group_ids: "count[int]" = field(default_factory=lambda: count(FIRST_GROUP))

    def start_pushing(self, pusher: WebhookPusher) -> None:
        """Push updates through `pusher` from now on."""
        self.pusher = pusher
        self.update_queue.listen(pusher.post)

    def stop_pushing(self) -> None:
        """Leave updates to getUpdates from now on."""
        self.pusher = None
        self.update_queue.listen(None)

    def take_over(self, user: User) -> None:
        """Give the bot another identity; its chats stay."""
        self.user = user

    def me(self) -> Me:
        """The answer of getMe."""
        return Me(
            id=self.user.id,
            is_bot=True,
            first_name=self.user.first_name,
            username=self.user.username,
            can_join_groups=True,
            can_read_all_group_messages=not self.privacy,
            supports_inline_queries=False,
            can_connect_to_business=False,
            has_main_web_app=False,
        )


class Bots:
    """All bots by id. The first token that is used takes over the bot that people have written to so far."""

    def __init__(self, config: TelegramConfig) -> None:
        self._config = config
        self._revoked: set[str] = set()
        self._by_token: dict[str, Bot] = {}
        self._by_id: dict[int, Bot] = {}
        self._claimed = bool(config.tokens)
        token = config.tokens[0] if config.tokens else DEFAULT_TOKEN
        self.first = self._create(_bot_id(token))

    def __iter__(self) -> Iterator[Bot]:
        return iter(self._by_id.values())

    def by_token(self, token: str) -> Bot:
        """The bot that a token belongs to.

        Raises:
            ApiError: 404 for a malformed token, 401 for a wrong or revoked one.
        """
        bot = self._by_token.get(token)
        if bot is not None:
            return bot
        bot_id = _bot_id(token)
        if token in self._revoked or (self._config.tokens and token not in self._config.tokens):
            raise ApiError(401, "Unauthorized")
        bot = self._claim(bot_id)
        if len(self._by_token) < _MAX_BOTS:
            self._by_token[token] = bot
        return bot

    def by_id(self, bot_id: int | None) -> Bot:
        """A bot by its id; the first bot for None and for an unknown id."""
        return self.first if bot_id is None else self._by_id.get(bot_id, self.first)

    def revoke(self, token: str) -> None:
        """Reject a token from now on; another token of the same bot is still accepted."""
        self._revoked.add(token)
        self._by_token.pop(token, None)

    def restore(self) -> None:
        """Accept revoked tokens again."""
        self._revoked.clear()

    def _claim(self, bot_id: int) -> Bot:
        if bot_id in self._by_id:
            self._claimed = True
            return self._by_id[bot_id]
        if self._claimed:
            if len(self._by_id) >= _MAX_BOTS:
                raise ApiError(401, "Unauthorized")
            return self._create(bot_id)
        self._claimed = True
        del self._by_id[self.first.user.id]
        self.first.take_over(_bot_user(self._config, bot_id))
        self._by_id[bot_id] = self.first
        return self.first

    def _create(self, bot_id: int) -> Bot:
        bot = Bot(
            user=_bot_user(self._config, bot_id),
            privacy=self._config.privacy,
            update_queue=UpdateQueue(self._config.first_update_id, self._config.pending_updates),
            flood=Flood(self._config.limits),
            callback_queries=CallbackQueries(),
        )
        self._by_id[bot_id] = bot
        return bot


def _bot_id(token: str) -> int:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise ApiError(404, "Not Found")
    return int(found.group(1))


def _bot_user(config: TelegramConfig, bot_id: int) -> User:
    return User(id=bot_id, is_bot=True, first_name=config.bot_name, username=config.bot_username)
