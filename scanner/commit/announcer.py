"""Wakes the dispatcher after a commit; for an unknown mint it waits a moment for the token's name.

What tokens are called and how old they are is read from PostgreSQL, else from the chain, and then stored.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Protocol

from domain.activity.activity import SOL
from domain.errors import WhaleWatcherError
from domain.security.mints import TokenAge, TokenName
from runtime.clock import monotonic
from runtime.processes.lifecycle import Nursery
from storage.market.tokens import Token, save_token_age, save_tokens, tokens
from storage.postgres import Database

log = logging.getLogger(__name__)
FIRST_SIGHT_SECONDS = 0.3
"""How long an alert may wait for the name of a new token."""
MAX_WAITING = 200
"""Announcements that wait for names at the same time; beyond, names come later."""
ASK_AGAIN_SECONDS = 60.0
"""Where nothing was found out; a mint may be read before its name is written."""
MAX_TEXT = 400
"""Characters of a name or a link that are kept."""
MAX_REMEMBERED = 100_000
"""Mints that are remembered in the process; beyond, all are looked up in PostgreSQL again."""


class TokenNames(Protocol):
    """Looks up names of tokens."""

    def knows(self, mint: str) -> bool:
        """Return whether asking is of no use: it is known, or was asked for recently."""

    async def learn(self, mints: frozenset[str]) -> None:
        """Look up and remember; an unavailable server is no error."""


Forget = Callable[[Collection[str]], Awaitable[None]]
"""Invalidates cached data of these wallets; an unavailable Redis is no error."""


class ChannelAnnouncer:
    """Wakes at once where no lookup is needed, otherwise within `FIRST_SIGHT_SECONDS`.

    One loop publishes, so that a hanging Redis never holds up who announces; wake-ups that come
    meanwhile are one wake-up.
    """

    def __init__(
        self, publish: Callable[[], Awaitable[object]], forget: Forget, names: TokenNames, tasks: Nursery
    ) -> None:
        """Create it.

        Args:
            publish: wakes the dispatcher.
            forget: drops what caches hold of wallets.
            names: what tokens are called.
            tasks: in which names are waited for.
        """
        self._publish = publish
        self._forget = forget
        self._acted: set[str] = set()
        self._names = names
        self._tasks = tasks
        self._due = asyncio.Event()

    async def run(self) -> None:
        """Publish what is due until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            await self._publish()
            acted, self._acted = self._acted, set()
            await self._forget(acted)

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        """New alerts about these mints and wallets are stored in PostgreSQL."""
        self._acted |= wallets
        new = frozenset(mint for mint in mints if mint != SOL and not self._names.knows(mint))
        if not new or len(self._tasks) > MAX_WAITING:
            self._due.set()
        else:
            self._tasks.start("first sight of a mint", self._after_names(new))

    async def _after_names(self, mints: frozenset[str]) -> None:
        learned = asyncio.Event()
        self._tasks.start("token names", self._learn(mints, learned))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SIGHT_SECONDS):
                await learned.wait()
        self._due.set()

    async def _learn(self, mints: frozenset[str], learned: asyncio.Event) -> None:
        try:
            await self._names.learn(mints)
        except Exception:
            log.exception("Names of tokens cannot be looked up")  # a name never stops the scanner
        finally:
            learned.set()


class TokenReader(Protocol):
    """Reads from the chain how mints call themselves."""

    async def __call__(self, mints: Sequence[str]) -> list[TokenName]:
        """Return what is found; what is no mint is missing."""


class TokenAgeReader(Protocol):
    """Reads from the chain when a mint was made."""

    async def __call__(self, mint: str) -> TokenAge | None:
        """None: nothing is known."""
        ...


class TokenMetadata:
    """Names and ages of the tokens of one chain.

    Args:
        database: remembers.
        reader: asks the chain for names.
        ages: asks the chain for ages; None: they are not asked for.
        chain: whose tokens these are.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        reader: TokenReader,
        *,
        chain: str,
        ages: TokenAgeReader | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._reader = reader
        self._ages = ages
        self._chain = chain
        self._clock = clock
        self._quiet_until: dict[str, float] = {}

    def knows(self, mint: str) -> bool:
        """Return whether it is known, or being asked, or was asked without success a short while ago."""
        return self._quiet_until.get(mint, 0.0) > self._clock()

    async def learn(self, mints: frozenset[str]) -> None:
        """Look up and store unknown names; an unavailable server only costs the name."""
        if len(self._quiet_until) > MAX_REMEMBERED:
            self._quiet_until.clear()
        self._silence(mints, ASK_AGAIN_SECONDS)
        try:
            known = await tokens(self._database, chain=self._chain, mints=mints)
            self._silence(known, float("inf"))
            await self._read(sorted(mints - known.keys()))
        except WhaleWatcherError as error:
            log.info("Names of %d tokens are not known yet: %s", len(mints), error)

    async def _read(self, mints: Sequence[str]) -> None:
        if not mints:
            return
        read = [
            Token(
                chain=self._chain,
                mint=found.mint,
                symbol=_storable(found.symbol),
                name=_storable(found.name),
                decimals=found.decimals,
                supply=found.supply,
                uri=_storable(found.uri),
                mint_authority=found.mint_authority,
                freeze_authority=found.freeze_authority,
            )
            for found in await self._reader(mints)
        ]
        await save_tokens(self._database, read)
        self._silence((token.mint for token in read if token.symbol is not None), float("inf"))
        if self._ages is not None:
            for token in read:
                await self._store_age(self._ages, token.mint)

    async def _store_age(self, ages: TokenAgeReader, mint: str) -> None:
        age = await ages(mint)
        if age is not None:
            await save_token_age(self._database, chain=self._chain, mint=mint, age=age)

    def _silence(self, mints: Iterable[str], seconds: float) -> None:
        until = self._clock() + seconds
        self._quiet_until.update((mint, until) for mint in mints)


def _storable(text: str | None) -> str | None:
    """What PostgreSQL takes: it refuses NUL, which anybody can put into a name. A very long one is cut."""
    return None if text is None else text.replace("\0", "")[:MAX_TEXT]
