"""How the RPC pool treats its providers: connections, rates, budgets, hedging, batches."""

from dataclasses import dataclass

from runtime.settings.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolConfig:
    """The same for each provider; 0 stands for no limit, or never."""

    connections_min: int = 2
    """Connections kept warm to a provider that is not asked; 0: none."""
    connections_max: int = 10
    """Connections to one provider at most; requests beyond wait for one."""
    idle_seconds: float = 60.0
    """How long an unused connection is kept."""
    per_second: float = 0.0
    """Requests a second."""
    per_day: int = 0
    """Requests in 24 hours of this process."""
    hedge_seconds: float = 2.0
    """If a provider takes longer, the next one is asked as well and the first answer counts."""
    max_answer_bytes: int = 32 << 20
    """Of one answer, unpacked; a larger one is not read."""
    max_in_flight_bytes: int = 64 << 20
    """Of all answers that the process holds."""
    batch: int = 0
    """Questions in one JSON-RPC batch, where a provider takes batches."""


DEFAULT = PoolConfig()


def pool_config(settings: Settings) -> PoolConfig:
    """Return how nodes are asked, by the settings RPC_*."""
    return PoolConfig(
        connections_min=settings.rpc_pool_min,
        connections_max=settings.rpc_pool_max,
        idle_seconds=settings.rpc_idle_seconds,
        per_second=settings.rpc_rate,
        per_day=settings.rpc_budget,
        hedge_seconds=settings.rpc_hedge_seconds,
        max_answer_bytes=settings.rpc_answer_mib << 20,
        max_in_flight_bytes=max(settings.rpc_in_flight_mib, settings.rpc_answer_mib) << 20,
        batch=settings.rpc_batch,
    )
