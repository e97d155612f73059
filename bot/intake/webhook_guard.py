"""Keeps the webhook where the bots of this database want it, and fights nobody for it.

Bots that were started later may have another address, or poll: then updates are theirs. Whoever else changes
the address has the bot's token, too. Each time that this goes on the pause is longer, so that two
installations do not take the updates from each other all the time; operators read of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from hashlib import blake2s
from urllib.parse import urlsplit

from telegram import WebhookInfo

from domain.backoff import Backoff
from runtime.clock import monotonic

log = logging.getLogger(__name__)
POLLING = "polling"
CALM_SECONDS = 3_600.0
"""After so long without a change of the address the earlier ones are forgotten."""
_PAUSES = Backoff(first_wait=120.0, max_wait=CALM_SECONDS)
FindNewer = Callable[[], Awaitable[str]]
"""How a bot of this database that was started later takes updates; empty: all take them as this one."""


def intake_of(webhook_url: str) -> str:
    """How a bot takes updates, as its heartbeat says it: the webhook's host, and a hash of its address."""
    digest = blake2s(webhook_url.encode(), digest_size=4).hexdigest()
    return f"{urlsplit(webhook_url).hostname} {digest}" if webhook_url else POLLING


def host_of(intake: str) -> str:
    """The part of it for people."""
    return intake.partition(" ")[0]


class WebhookGuard:
    """Decides whether the webhook is set again.

    Args:
        url: its public address.
        find_newer: asks for bots that were started later.
        set_again: tells Telegram the address.
    """

    def __init__(self, url: str, find_newer: FindNewer, set_again: Callable[[], Awaitable[object]]) -> None:
        self._url = url
        self._find_newer = find_newer
        self._set_again = set_again
        self._times = 0
        """How often in a row it was set again."""
        self._set_at = float("-inf")

    async def check(self, info: WebhookInfo) -> None:
        """Compare what Telegram says of the webhook, and set it again if it may be.

        Raises:
            TelegramError, Unavailable: that could not be done now.
        """
        if info.url == self._url:
            if monotonic() - self._set_at > CALM_SECONDS:
                self._times = 0
        elif newer := await self._find_newer():
            log.error(
                "Bots that were started later take updates by %s, so this bot leaves them to those."
                " Start all bots of a database with the same WEBHOOK_URL",
                host_of(newer),
            )
        elif not info.url or monotonic() - self._set_at >= self._pause:
            self._log(info)
            self._times += 1
            self._set_at = monotonic()
            await self._set_again()

    @property
    def _pause(self) -> float:
        return _PAUSES.ceiling(self._times) if self._times else 0.0

    def _log(self, info: WebhookInfo) -> None:
        if self._times and info.url:
            log.error(
                "Another program with this bot's token changes where Telegram posts to, now to %s; each takes"
                " updates from the other. Give each installation a bot of its own",
                urlsplit(info.url).hostname,
            )
        else:
            log.warning("Another program has changed where Telegram posts to; it is set again")
