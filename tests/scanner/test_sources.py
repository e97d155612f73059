"""The table of sources: each value of SCANNER_SOURCE stands in it, and leads to the right subscriptions."""

from dataclasses import replace

import pytest

from chain.stream.source import FilterUpdates, Sink, SourceState, SourceStatus
from chain.stream.subscriptions.table import SUBSCRIPTION_KINDS
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings
from scanner.sources import SOURCES, Sources, methods_of, open_websockets, sources_of
from tests.scanner.world import settings_for

NODE = "http://127.0.0.1:9"
LIVE = SourceStatus(state=SourceState.LIVE, method="logs")


def settings(**more: str) -> Settings:
    return settings_for([NODE], ["ws://127.0.0.1:9"], database="postgresql://x/y", redis="redis://x", **more)


def test_each_value_of_the_setting_but_auto_is_a_row() -> None:
    for kind in SOURCES:
        assert settings(SCANNER_SOURCE=kind.setting).scanner_source == kind.setting
    values = ", ".join(kind.setting for kind in SOURCES)
    with pytest.raises(SettingsError) as refusal:
        settings(SCANNER_SOURCE="telepathy")
    named = str(refusal.value)
    assert all(kind.setting in named for kind in SOURCES), f"{values} are not all allowed"


def test_every_method_of_a_row_is_known_to_the_stream() -> None:
    known = {kind.name: kind for kind in SUBSCRIPTION_KINDS}
    for kind in SOURCES:
        assert kind.pushes_blocks is any(known[method].pushes_blocks for method in kind.methods)


@pytest.mark.parametrize(
    ("variables", "methods"),
    [
        ({"RECONCILE": "auto"}, ["transactions", "blocks", "logs"]),
        ({"RECONCILE": "signatures"}, ["transactions", "logs"]),
        ({"RECONCILE": "blocks"}, ["transactions", "blocks", "logs"]),
        ({"COMMITMENT": "processed"}, ["transactions", "logs"]),
        ({"SCANNER_STAGE": "collect"}, ["transactions", "logs"]),
        ({"SCANNER_SOURCE": "transactions"}, ["transactions"]),
        ({"SCANNER_SOURCE": "logs"}, ["logs"]),
        ({"SCANNER_SOURCE": "blocks"}, ["blocks", "slots"]),
        ({"SCANNER_SOURCE": "blocks", "SCANNER_STAGE": "collect"}, ["slots"]),
    ],
)
def test_the_settings_choose_what_is_subscribed_to(variables: dict[str, str], methods: list[str]) -> None:
    assert methods_of(settings(**variables)) == {open_websockets: methods}


def test_each_node_has_a_source() -> None:
    chosen = settings_for(
        [NODE, NODE], ["ws://127.0.0.1:9", "ws://127.0.0.2:9"], database="postgresql://x/y", redis="redis://x"
    )
    assert list(sources_of(chosen).states()) == ["127.0.0.1:9", "127.0.0.2:9"]


class FixedSource:
    """A source that is as a test says."""

    def __init__(self, name: str, status: SourceStatus) -> None:
        self.name = name
        self.status = status

    async def run(self, updates: FilterUpdates, sink: Sink) -> None:
        """Push nothing."""


def test_what_one_source_does_now_is_said_of_all() -> None:
    closed = FixedSource("a", SourceStatus(state=SourceState.CLOSED))
    first = Sources([closed, FixedSource("b", replace(LIVE, by_address=True, times_opened=2))])
    assert (first.live_count, first.by_address, first.pushes_blocks, first.times_opened) == (
        1,
        True,
        False,
        2,
    )
    second = Sources([closed, FixedSource("b", replace(LIVE, method="blocks", pushes_blocks=True))])
    assert (second.by_address, second.pushes_blocks) == (False, True)
    assert second.states() == {"a": "closed", "b": "live (blocks)"}
