"""Settings of the local chain: one frozen value, checked when it is made."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from sandbox.chain.chain_api import Residents

Provider = Literal["agave", "helius"]


class Consensus(StrEnum):
    """How blocks are agreed on, and with it how fast they are final and what rent costs."""

    ALPENGLOW = "alpenglow"
    """Mainnet since October 2026: a confirmed block is final."""
    TOWER = "tower"
    """Mainnet before: a block is final 32 slots later. With it went slots of 0.4 s."""

    @property
    def lamports_per_byte(self) -> int:
        """The rent that an account holds for each of its bytes and 128 more; it fell in steps in 2026."""
        return 5_080 if self is Consensus.ALPENGLOW else 6_960


_TOWER_FINALITY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayConfig:
    """Recorded blocks and transactions to serve.

    `folder` holds `transactions/SIGNATURE.json` (getTransaction results) and `blocks/SLOT.json` (getBlock
    results); either may be missing. Mints and metadata in `accounts/` (getAccountInfo results in base64)
    exist from the first slot on.
    """

    folder: Path
    per_slot: int = 4
    """Recorded transactions in each block; a recorded block is served whole."""
    own_blocks: bool = True
    """Whether the chain's own blocks stand between the recorded ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainConfig:
    """Settings of a local chain; what happens on it follows from seed and slots alone."""

    host: str = "127.0.0.1"
    rpc_port: int = 0
    """0 takes a free port."""
    ws_port: int = 0
    """0 takes a free port."""
    consensus: Consensus = Consensus.ALPENGLOW
    slot_seconds: float | None = 0.25
    """None: no clock; only `step` produces slots."""
    skip_probability: float = 0.0
    """The probability that a slot has no block."""
    seed: int = 0
    confirmed_lag: int = 2
    """Slots until a block is confirmed; 0 leaves no room for forks."""
    finalized_lag: int | None = None
    """Slots until a block is finalized; None: as the consensus has it."""
    start_slot: int = 1_000
    residents: Residents | None = None
    replay: ReplayConfig | None = None
    history: int = 4_000
    """How many blocks are kept."""
    provider: Provider = "helius"
    """Whose WebSocket dialect is spoken: a plain node's, or Helius' with transactionSubscribe."""
    block_subscription: bool = False
    """Whether blockSubscribe is on; nodes have it off by default."""
    address_history: bool = False
    """Whether getTransactionsForAddress is offered; some providers do, in some of their plans."""
    subscriptions: int = 1_000_000
    """How many subscriptions there may be at a time, of all clients together."""
    client_queue: int = 20_000
    """Frames that may wait for one client before it is dropped as lagging."""
    now: Callable[[], float] = time.time
    """The source of block times, in unix seconds."""

    @property
    def finality(self) -> int:
        """Slots until a block is finalized."""
        if self.finalized_lag is not None:
            return self.finalized_lag
        return self.confirmed_lag if self.consensus is Consensus.ALPENGLOW else _TOWER_FINALITY

    def __post_init__(self) -> None:
        """Refuse settings that cannot work.

        Raises:
            ValueError: a setting is out of its range; the text names it.
        """
        if self.slot_seconds is not None and self.slot_seconds <= 0:
            raise ValueError("slot_seconds must be above 0, or None to step by hand")
        if not 0 <= self.skip_probability < 1:
            raise ValueError("skip_probability must be at least 0 and below 1")
        if not 0 <= self.confirmed_lag <= self.finality:
            raise ValueError("confirmed_lag must be at least 0 and at most finalized_lag")
        if self.history <= self.finality + 1:
            raise ValueError("history must be above finalized_lag + 1")
        if self.start_slot < 0:
            raise ValueError("start_slot must be at least 0")
