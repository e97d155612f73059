"""Handlers are tested in conversations with a running bot; this starts it."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import Town


@pytest.fixture
def alice(town: Town) -> User:
    return town.telegram.people.add_user("Alice")


@pytest.fixture
def bob(town: Town) -> User:
    return town.telegram.people.add_user("Bob")
