"""What end-to-end tests stand on: where the servers are, and a folder for what the programs say."""

import pytest

from tests.e2e.programs import Servers


@pytest.fixture
def servers(postgres_url: str, valkey_url: str) -> Servers:
    return Servers(postgres_url=postgres_url, valkey_url=valkey_url)
