"""An operator lets the scanner look for whales, the town trades, a follower follows what was found."""

from pathlib import Path

import pytest

from tests.e2e.programs import Servers, running
from tests.e2e.scene import SOL, Scene, opened
from tests.e2e.waiting import until

pytestmark = [pytest.mark.services, pytest.mark.e2e]
PROGRAMS = ("bot", "dispatcher", "backfill")


async def _until(scene: Scene, condition: str) -> None:
    async def holds() -> bool:
        return bool(await scene.database.fetchval(f"SELECT EXISTS (SELECT FROM {condition})"))

    await until(holds)


async def test_from_the_command_to_the_button_that_follows_a_found_whale(
    servers: Servers, tmp_path: Path
) -> None:
    async with opened(servers, tmp_path) as scene:
        stage, town, programs = scene.stage, scene.sandbox.town, scene.programs
        olga, alice = stage.enter("Olga"), stage.enter("Alice")
        children = [programs.make(name, ADMIN_IDS=str(olga.user_id)) for name in PROGRAMS]
        async with running(programs, children):
            started = await stage.say(olga, "/scanner start 5 10", until="Started.")
            await _until(scene, "whale_searches WHERE last_slot IS NOT NULL")
            whale = town.whales[0]
            town.buy(whale, town.token("MITTEN"), 40 * SOL)
            town.send_sol(town.whales[1], whale.address, 6 * SOL)
            await _until(scene, f"whale_addresses WHERE address = '{town.whales[1].address}'")
            since = stage.mark
            await stage.press(olga, started, "Refresh")
            refreshed = await stage.hears(olga, "Swaps 1 · transfers 1", since=since)
            assert (refreshed.kind, refreshed.message_id) == ("edit", started.message_id)
            listed = await stage.say(alice, "/whales", until=whale.address)
            since = stage.mark
            await stage.press(alice, listed, whale.address[:4])
            await stage.hears(alice, whale.address, since=since)
            assert "for operators" in ((await stage.say(alice, "/scanner stop")).text or "")
            since = stage.mark
            await scene.database.execute("UPDATE whale_searches SET expires_at = now()")
            await stage.hears(olga, "time of this scan session is over", since=since)
            file = await stage.say(olga, "/scanner csv", until="by volume")
            assert file.message is not None
            assert file.message.document is not None
