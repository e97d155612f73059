"""What programs send to a collector holds together: from block to message, and from update to reply."""

from pathlib import Path

import pytest

from runtime.processes.programs import WHOLE_SYSTEM
from tests.e2e.programs import Servers, running
from tests.e2e.system import SOL, opened
from tests.runtime.observability.collector import collector, is_connected

pytestmark = [pytest.mark.e2e, pytest.mark.services]


async def test_one_trace_leads_from_a_block_to_its_message_and_one_from_an_update_to_its_answer(
    servers: Servers, tmp_path: Path
) -> None:
    async with (
        collector() as taking,
        opened(servers, tmp_path, settings={"TRACES_URL": taking.url}) as system,
    ):
        children = [system.programs.make(program.name) for program in WHOLE_SYSTEM.programs]
        async with running(system.programs, children):
            driver, simulation = system.driver, system.sandbox.simulation
            alice, whale = driver.add_person("Alice"), simulation.whales[0]
            await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
            simulation.buy(whale, simulation.token("MITTEN"), SOL)
            await system.until_finished(1)
            await driver.send(alice, f"/balance {whale.address}", until="SOL")
            alert = await taking.whole_trace("chain to commit", "commit to decision", "wait for turn", "send")
            asked = await taking.whole_trace("receive to store", "handle", "reply", "answer")
    assert is_connected(alert)
    assert is_connected(asked)
    assert {one.program for one in alert} == {"scanner", "dispatcher", "notifications"}
    assert {one.program for one in asked} == {"bot", "balance-check"}
