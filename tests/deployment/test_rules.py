"""Every alert is tested, has a page and a panel, and names metrics that exist."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.compose_file import ROOT
from tests.deployment.alert_rules import (
    ALERTS,
    CASES,
    FOLDER,
    RECORDED,
    RULE_FILES,
    loaded,
    metric_names,
    tool,
)
from tools import dashboards

RUNBOOK = ROOT / "docs" / "runbook"
ALWAYS = {"Watchdog"}
"""Fires always, so that its silence is noticed."""
OTHERS = {"up", "ALERTS"}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_page_that_says_what_it_means_where_to_look_and_what_to_do(name: str) -> None:
    page = ROOT / ALERTS[name]["annotations"]["runbook_url"]
    assert page == RUNBOOK / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["What it means", "Look", "Do"]
    assert f"]({name}.md)" in (RUNBOOK / "README.md").read_text(encoding="utf-8")


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    assert {path.stem for path in RUNBOOK.glob("*.md")} == {*ALERTS, "README"}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_panel_that_shows_what_it_judges(name: str) -> None:
    notes = ALERTS[name]["annotations"]
    panels = json.loads((dashboards.FOLDER / f"{notes['dashboard']}.json").read_text("utf-8"))["panels"]
    (panel,) = [one for one in panels if one["title"] == notes["panel"]]
    drawn = {name for target in panel["targets"] for name in names_in(target["expr"])}
    judged = names_in(ALERTS[name]["expr"])
    assert name in ALWAYS or {family(one) for one in drawn} & {family(one) for one in judged}


def names_in(query: str) -> set[str]:
    return set(re.findall(r"\b(?:whale_watcher[\w:]+|up|ALERTS)\b", query))


def family(name: str) -> str:
    """Without what a rule or a histogram adds: `whale_watcher:x:p95_5m` and `whale_watcher_x_sum` are x."""
    bare = re.sub(r"^whale_watcher[_:]", "", name).split(":")[0]
    return re.sub(r"_(bucket|sum|count|total|max)$", "", bare)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_names_metrics_that_exist_and_says_whom_it_wakes(name: str) -> None:
    assert names_in(ALERTS[name]["expr"]) - metric_names() - RECORDED - OTHERS == set()
    assert ALERTS[name]["labels"]["severity"] in ({"info"} if name in ALWAYS else {"page", "ticket"})


@pytest.mark.parametrize("name", sorted(set(ALERTS) - ALWAYS))
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet(name: str) -> None:
    judged = [rule for case in CASES for rule in case["alert_rule_test"] if rule["alertname"] == name]
    assert {bool(rule["exp_alerts"]) for rule in judged} == {True, False}


def test_series_of_the_cases_are_those_that_the_programs_export() -> None:
    series = {one["series"].partition("{")[0] for case in CASES for one in case["input_series"]}
    assert series - metric_names() - OTHERS == set()


def test_alertmanager_passes_nothing_over_that_is_not_an_alert() -> None:
    text = (FOLDER / "alertmanager.yml").read_text("utf-8")
    named = {name for word in re.findall(r'alertname =~? "([^"]+)"', text) for name in word.split("|")}
    unknown = [one for one in named if not any(re.fullmatch(one, name) for name in ALERTS)]
    assert unknown == []


@pytest.mark.services
def test_prometheus_and_alertmanager_accept_their_files() -> None:
    checks = [
        [tool("promtool"), "check", "config", str(FOLDER / "prometheus.yml")],
        [tool("promtool"), "check", "rules", *map(str, RULE_FILES)],
        [tool("amtool"), "check-config", str(FOLDER / "alertmanager.yml")],
    ]
    for command in checks:
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
    assert loaded("prometheus.yml")["rule_files"] == ["recording_rules.yml", "alert_rules.yml"]


@pytest.mark.services
def test_each_rule_fires_and_is_quiet_as_its_cases_say() -> None:
    command = [tool("promtool"), "test", "rules", *map(str, sorted((FOLDER / "tests").glob("*.yml")))]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.services
def test_scenario_88_a_rule_that_is_wrong_is_found_by_its_cases(tmp_path: Path) -> None:
    """Of one alert alone, since each case takes a while."""
    rules = (FOLDER / "alert_rules.yml").read_text("utf-8")
    assert "max(whale_watcher_db_up) == 0" in rules
    wrong = rules.replace("max(whale_watcher_db_up) == 0", "max(whale_watcher_db_up) == 7")
    for text, code in ((rules, 0), (wrong, 1)):
        (tmp_path / "rules.yml").write_text(text, encoding="utf-8")
        (tmp_path / "cases.yml").write_text(yaml.safe_dump(cases_of("DatabaseDown")), encoding="utf-8")
        command = [tool("promtool"), "test", "rules", str(tmp_path / "cases.yml")]
        assert subprocess.run(command, capture_output=True, check=False).returncode == code


def cases_of(name: str) -> dict[str, Any]:
    """A file of cases with those of one alert."""
    cases = [
        {**case, "alert_rule_test": [rule for rule in case["alert_rule_test"] if rule["alertname"] == name]}
        for case in CASES
    ]
    mine = [case for case in cases if case["alert_rule_test"]]
    return {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": mine}
