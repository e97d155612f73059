"""The reconciliation as settings want it."""

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from scanner.reconcile.wiring import StreamFacts, sync_config, syncer_for
from storage.postgres import Database
from tests.scanner.reconciling import context_of
from tests.scanner.world import settings_for


@pytest.mark.services
@pytest.mark.parametrize(
    ("kind", "name", "pause_seconds"),
    [("blocks", "blocks", 0.0), ("signatures", "signatures", 30.0), ("auto", "signatures (auto)", 30.0)],
)
async def test_the_setting_names_the_syncer(
    kind: str, name: str, pause_seconds: float, database: Database
) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        syncer = syncer_for(
            kind, context_of(rpc, database), StreamFacts(transactions_are_pushed=lambda: True)
        )
        assert (syncer.name, syncer.pause_seconds) == (name, pause_seconds)


@pytest.mark.parametrize(
    ("variables", "blind_seconds"),
    [
        ({"RECONCILE": "auto"}, 90.0),
        ({"RECONCILE": "blocks"}, 60.0),
        ({"OUTAGE_SECONDS": "0"}, None),
        ({"RECONCILE": "signatures"}, 90.0),
        ({"RECONCILE": "auto", "RECONCILE_SECONDS": "10"}, 60.0),
        ({"RECONCILE": "blocks", "RECONCILE_SECONDS": "600"}, 60.0),
    ],
)
def test_a_cursor_may_stand_still_for_three_passes(
    variables: dict[str, str], blind_seconds: float | None
) -> None:
    settings = settings_for(
        ["http://127.0.0.1:9"], [], database="postgresql://x/y", redis="redis://x", **variables
    )
    assert sync_config(settings).blind_seconds == blind_seconds
