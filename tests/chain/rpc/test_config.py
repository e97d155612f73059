"""How nodes are asked, by the settings."""

from chain.rpc.config import DEFAULT, PoolConfig, pool_config
from runtime.settings.loading import load_settings

MINIMAL = {"DATABASE_URL": "postgresql://localhost/db", "RPC_URLS": "http://localhost:8899"}


def test_by_default_providers_have_no_rate_no_budget_and_no_batches() -> None:
    assert (DEFAULT.per_second, DEFAULT.per_day, DEFAULT.batch) == (0, 0, 0)
    assert PoolConfig() == DEFAULT


def test_each_setting_has_its_part() -> None:
    config = pool_config(
        load_settings(
            MINIMAL
            | {
                "RPC_POOL_MIN": "1",
                "RPC_POOL_MAX": "7",
                "RPC_IDLE_SECONDS": "30",
                "RPC_RATE": "9",
                "RPC_BUDGET": "1000",
                "RPC_HEDGE_SECONDS": "3",
                "RPC_BATCH": "5",
            }
        )
    )
    assert config == PoolConfig(
        connections_min=1,
        connections_max=7,
        idle_seconds=30.0,
        per_second=9.0,
        per_day=1000,
        hedge_seconds=3.0,
        batch=5,
    )
