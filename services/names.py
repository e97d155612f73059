"""Resolves .sol names; unknown if no node answers within seconds."""

import asyncio
import logging
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Protocol

from chain.parsing.names import NameFault, Resolved
from chain.rpc.pool import RpcPool
from domain.errors import WhaleWatcherError

log = logging.getLogger(__name__)

ASK_SECONDS = 5.0
MAINNET = "solana"
"""The chain whose names people mean."""


class NameReader(Protocol):
    """What the chain says of a name."""

    async def resolve(self, name: str) -> Resolved | NameFault | None:
        """Whom the name stands for; None: no node says so at present. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeNames:
    """Reads names from nodes, again each time: a name may be sold at any moment."""

    rpc: RpcPool

    async def resolve(self, name: str) -> Resolved | NameFault | None:
        """Whom the name stands for; None if no node answers in time."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found: Resolved | NameFault = await _reading().resolve_name(self.rpc, name)
        except (TimeoutError, WhaleWatcherError, ValueError) as error:
            log.info("The owner of a name is unknown: %s", type(error).__name__)
            return None
        return found


def _reading() -> ModuleType:
    """It brings the library of addresses: 12 MiB, which a bot that is asked for no name is spared."""
    return import_module("chain.rpc.names")


class NoNames:
    """Stands in where no node of the mainnet is configured."""

    async def resolve(self, name: str) -> Resolved | NameFault | None:
        """Unknown."""
        del name
        return None
