"""Reading from a replica what may be some seconds old; from the primary while the replica does not answer."""

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
    """Where statistics and exports are read; never what is decided upon."""

    database: Database
    primary: Database

    async def read(self, look: Callable[[Database], Awaitable[T]]) -> T:
        """What `look` finds.

        Raises:
            DatabaseUnavailable: neither answers.
        """
        if self.database is self.primary:
            return await look(self.primary)
        try:
            return await look(self.database)
        except DatabaseUnavailable as error:
            log.warning("DATABASE_READ_URL is passed over: %s", error)
            return await look(self.primary)
