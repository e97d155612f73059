"""What a worker's jobs work with: made once per process by `workers/wiring.py`, kept from job to job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chain.rpc.pool import RpcPool
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.replies import MessageSender
from runtime.settings.settings import Settings
from storage.coordination.queues import Queues
from storage.postgres import Database
from workers.cached_facts import CachedFacts


def _nobody() -> None:
    """There is no sender in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Open connections and the names of this process."""

    settings: Settings
    owner: str
    """Names this life of this process in leases; another one after each start."""
    database: Database
    telegram: MessageSender
    """`send` and `edit` messages; every fault is a `SendResult`."""
    cached: CachedFacts
    """What was read lately, by whichever process."""
    callbacks: Callbacks
    """Signs the data of buttons."""
    rpc: RpcPool | None = None
    """The nodes; None in a worker that does not read the chain."""
    job_queues: Queues | None = None
    """Takes jobs; None in a worker that enqueues none."""
    wake_sender: Callable[[], None] = field(default=_nobody)
    """Makes the sender look for due deliveries at once."""

    @property
    def nodes(self) -> RpcPool:
        """The nodes, in a worker that reads the chain."""
        if self.rpc is None:
            raise RuntimeError("this worker was started without RPC_URLS")
        return self.rpc

    @property
    def queues(self) -> Queues:
        """The queues, in a worker that enqueues jobs."""
        if self.job_queues is None:
            raise RuntimeError("this worker enqueues no jobs")
        return self.job_queues
