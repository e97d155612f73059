"""What tokens are called and how old they are: from PostgreSQL, else from the chain, and then remembered."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from domain.errors import WhaleWatcherError
from domain.security.mints import TokenAge, TokenName
from runtime.clock import monotonic
from storage.market.tokens import Token, note_birth, save_tokens, tokens
from storage.postgres import Database

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 60.0
"""Where nothing was found out; a mint may be read before its name is written."""
KNOWN = 100_000
"""Mints that are remembered in the process; beyond, all are looked up in PostgreSQL again."""


class TokenReader(Protocol):
    """Reads from the chain how mints call themselves."""

    async def __call__(self, mints: Sequence[str]) -> list[TokenName]:
        """What is found; what is no mint is missing."""


class BirthReader(Protocol):
    """Reads from the chain when a mint was made."""

    async def __call__(self, mint: str) -> TokenAge | None:
        """None: nothing is known."""
        ...


class Tokens:
    """The book of tokens of one chain.

    Args:
        database: remembers.
        reader: asks the chain for names.
        births: asks the chain for ages; None: they are not asked for.
        chain: whose tokens these are.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        reader: TokenReader,
        *,
        chain: str,
        births: BirthReader | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._reader = reader
        self._births = births
        self._chain = chain
        self._clock = clock
        self._quiet_until: dict[str, float] = {}

    def knows(self, mint: str) -> bool:
        """Whether it is known, or being asked, or was asked in vain a short while ago."""
        return self._quiet_until.get(mint, 0.0) > self._clock()

    async def learn(self, mints: frozenset[str]) -> None:
        """Find out what is not known and store it; that a server is away only costs a name."""
        if len(self._quiet_until) > KNOWN:
            self._quiet_until.clear()
        self._keep_quiet(mints, ASK_AGAIN_SECONDS)
        try:
            known = await tokens(self._database, chain=self._chain, mints=mints)
            self._keep_quiet(known, float("inf"))
            await self._read(sorted(mints - known.keys()))
        except WhaleWatcherError as error:
            log.info("Names of %d tokens are not known yet: %s", len(mints), error)

    async def _read(self, mints: Sequence[str]) -> None:
        if not mints:
            return
        found = [
            Token(
                chain=self._chain,
                mint=told.mint,
                symbol=_storable(told.symbol),
                name=_storable(told.name),
                decimals=told.decimals,
                supply=told.supply,
            )
            for told in await self._reader(mints)
        ]
        await save_tokens(self._database, found)
        self._keep_quiet((token.mint for token in found if token.symbol is not None), float("inf"))
        if self._births is not None:
            for token in found:
                await self._note_birth(self._births, token.mint)

    async def _note_birth(self, births: BirthReader, mint: str) -> None:
        age = await births(mint)
        if age is not None:
            await note_birth(self._database, chain=self._chain, mint=mint, age=age)

    def _keep_quiet(self, mints: Iterable[str], seconds: float) -> None:
        until = self._clock() + seconds
        self._quiet_until.update((mint, until) for mint in mints)


def _storable(text: str | None) -> str | None:
    """What PostgreSQL takes: it refuses NUL, which anybody can put into a name."""
    return None if text is None else text.replace("\0", "")
