"""Simulations to test with."""

import pytest

from tests.sandbox.actors.running import RunningSimulation, SetUp, build_running


@pytest.fixture
def set_up() -> SetUp:
    """Builds a simulation: `set_up(config, active=...)`."""
    return build_running


@pytest.fixture
def idle(set_up: SetUp) -> RunningSimulation:
    """A simulation in which nothing happens but what is asked for."""
    return set_up(active=False)


@pytest.fixture(scope="session")
def busy() -> RunningSimulation:
    """A simulation that has run four hundred slots; not to be changed."""
    running = build_running()
    running.run(400)
    return running
