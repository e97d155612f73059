from __future__ import annotations

import socket
from pathlib import Path

import pytest

from runtime.embedded.ports import answers, free_pair, free_port, free_ports, is_free, remembered_port

pytestmark = pytest.mark.services


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert answers(port)
        assert free_port(port) != port


def test_a_port_somebody_listens_on_at_all_addresses_is_not_free() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        assert not is_free(taken.getsockname()[1])


def test_the_preferred_port_is_taken_when_it_is_free() -> None:
    port = free_port()
    assert free_port(0, port) == port
    assert not answers(port)


def test_a_port_is_none_that_an_outgoing_connection_may_get() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as one,
    ):
        own = one.getsockname()[1]
    ports = {*free_ports(50), free_pair()}
    assert len(ports) > 50 - 1
    assert max(ports) < min(own, 32_768)


def test_a_pair_is_two_neighbours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        first = free_pair(port - 1, port)
    assert first not in {port - 1, port}
    assert is_free(first)
    assert is_free(first + 1)


@pytest.mark.parametrize(("text", "port"), [("5432\n", 5432), ("", 0), ("x", 0), ("70000", 0), ("-1", 0)])
def test_a_remembered_port_is_a_port_or_nothing(tmp_path: Path, text: str, port: int) -> None:
    (tmp_path / "port").write_text(text)
    assert remembered_port(tmp_path / "port") == port


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    assert remembered_port(tmp_path / "port") == 0
