"""The dashboards are as the tool writes them, and ask for nothing that does not exist."""

import json
import re
from typing import Any

import pytest

from tests.deployment.alert_rules import RECORDED, metric_names
from tools.dashboard_panels import DASHBOARDS
from tools.dashboards import FOLDER, ROOT_OF_PROVISIONING, text_of

PANELS = [
    (name, panel)
    for name in DASHBOARDS
    for panel in json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["panels"]
]


def test_there_are_three_and_each_is_as_the_tool_writes_it() -> None:
    """After a change run `make dashboards`."""
    assert {path.stem for path in FOLDER.glob("*.json")} == {"overview", "performance", "health"}
    assert [
        name for name in DASHBOARDS if (FOLDER / f"{name}.json").read_text("utf-8") != text_of(name)
    ] == []


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=lambda value: str(value)[:20])
def test_each_query_names_metrics_that_exist(name: str, panel: dict[str, Any]) -> None:
    del name
    for target in panel["targets"]:
        named = set(re.findall(r"\bwhale_watcher[\w:]+", target["expr"]))
        assert named - metric_names() - RECORDED == set(), target["expr"]
        assert named or re.search(r"\b(up|ALERTS)\b", target["expr"])


def test_no_two_panels_of_a_dashboard_have_one_title_or_one_place() -> None:
    for name in DASHBOARDS:
        of = [panel for dashboard, panel in PANELS if dashboard == name]
        assert len({panel["title"] for panel in of}) == len(of)
        assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in of}) == len(of)


def test_grafana_is_given_the_source_that_the_panels_name() -> None:
    text = (ROOT_OF_PROVISIONING / "datasources" / "prometheus.yml").read_text("utf-8")
    assert re.search(r"^    uid: prometheus$", text, re.MULTILINE)
    assert {panel["datasource"]["uid"] for _, panel in PANELS} == {"prometheus"}
