"""The rules of deploy/prometheus as values, and the names that queries may use."""

import shutil
from functools import cache
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from bench.compose_file import ROOT
from runtime.observability import metrics

FOLDER = ROOT / "deploy" / "prometheus"
RULE_FILES = sorted(FOLDER.glob("*rules*.yml"))


def loaded(name: str) -> Any:
    """A file of the folder."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return yaml.load(
        text, yaml.CSafeLoader
    )  # each process reads them when it collects: in C, a second sooner


ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in loaded("alert_rules.yml")["groups"] for rule in group["rules"]
}
RECORDED = {rule["record"] for group in loaded("recording_rules.yml")["groups"] for rule in group["rules"]}
CASES: list[dict[str, Any]] = [
    case
    for path in sorted((FOLDER / "tests").glob("*.yml"))
    for case in loaded(f"tests/{path.name}")["tests"]
]


@cache
def metric_names() -> frozenset[str]:
    """Every series that the programs export."""
    declared = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    names = {f"{metrics.NAMESPACE}_{suffix}" for one in declared for suffix in _series(one)}
    of_process = {sample.name for family in metrics.process.collect() for sample in family.samples}
    return frozenset(names | of_process)


def _series(metric: MetricWrapperBase) -> tuple[str, ...]:
    name = metric._name.removeprefix(f"{metrics.NAMESPACE}_")
    if isinstance(metric, Histogram):
        return f"{name}_bucket", f"{name}_sum", f"{name}_count"
    return (f"{name}_total",) if isinstance(metric, Counter) else (name,)


def tool(name: str) -> str:
    """A program of Debian's packages prometheus and prometheus-alertmanager."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name} (on Debian: apt install prometheus prometheus-alertmanager)")
    return found
