"""Reads from a replica what may be some seconds old, and from the primary if the replica does not answer."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from domain.errors import DatabaseUnavailable
from storage.postgres import Database

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """For statistics and exports only: no decision may rest on old rows."""

    database: Database
    primary: Database

    async def read(self, query: Callable[[Database], Awaitable[T]]) -> T:
        """The result of `query`.

        Raises:
            DatabaseUnavailable: neither answers.
        """
        if self.database is self.primary:
            return await query(self.primary)
        try:
            return await query(self.database)
        except DatabaseUnavailable as error:
            log.warning("DATABASE_READ_URL does not answer, so the primary is read: %s", error)
            return await query(self.primary)
