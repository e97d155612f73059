"""Every metric is fed somewhere, documented, and carries the prefix."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram

from runtime.observability import metrics
from tests.architecture import shape
from tests.architecture.shape import nodes_of

ROOT = Path(__file__).parents[2]
PRODUCT = [
    path for path in shape.PRODUCT if path.name != "metrics.py" and ROOT / "sandbox" not in path.parents
]
DECLARED = sorted(
    name for name, value in vars(metrics).items() if isinstance(value, Counter | Gauge | Histogram)
)
TABLE = re.findall(
    r"^\| `whale_watcher_(\w+)(?:\{([\w,]+)\})?` \| (.+) \|$",
    (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
"""Name, labels and meaning of each row in the documents."""

FEEDING = {"inc", "dec", "set", "observe", "track_inprogress"}
OF_PEOPLE = re.compile(r"user|chat|person|wallet|address|mint|signature|url|text|name")
"""What a label must not be: it would name somebody, or have as many values as the chain has accounts."""


@cache
def fed() -> set[str]:
    """Names on which a method that feeds a metric is called, or whose labelled part is kept for that."""
    nodes = [node for path in PRODUCT for node in nodes_of(path)]
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    methods = [called for called in calls if isinstance(called, ast.Attribute) and called.attr in FEEDING]
    kept = [node.value for node in nodes if isinstance(node, ast.Return) and _is_labelled(node.value)]
    return {_metric(method.value) for method in methods} | {_metric(one) for one in kept if one is not None}


def _is_labelled(value: ast.expr | None) -> bool:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "labels"
    )


def _metric(fed_value: ast.expr) -> str:
    """`name` of `metrics.name.labels(...)`, `metrics.name` and `name`."""
    while isinstance(fed_value, ast.Call):
        fed_value = fed_value.func.value if isinstance(fed_value.func, ast.Attribute) else fed_value.func
    return fed_value.attr if isinstance(fed_value, ast.Attribute) else ast.unparse(fed_value)


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_metric_is_fed_by_the_product(name: str) -> None:
    assert name in fed()


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_metric_carries_the_prefix_its_own_name_and_a_sentence(name: str) -> None:
    (family,) = getattr(metrics, name).collect()
    assert family.name == f"whale_watcher_{name}"
    assert re.fullmatch(r"[A-Z0-9].+\.", family.documentation)


def test_each_metric_stands_in_operating_md_with_its_labels() -> None:
    documented = {name: labels for name, labels, _ in TABLE}
    assert documented == {_exported(name): ",".join(_labels(name)) for name in DECLARED}


def _exported(name: str) -> str:
    """As Prometheus shows it: counters with `_total`."""
    return f"{name}_total" if isinstance(getattr(metrics, name), Counter) else name


def _labels(name: str) -> tuple[str, ...]:
    return tuple(getattr(metrics, name)._labelnames)


@pytest.mark.parametrize("name", DECLARED)
def test_no_label_names_a_person_or_an_address(name: str) -> None:
    assert [label for label in _labels(name) if OF_PEOPLE.search(label)] == []


def test_memory_and_processor_time_of_the_process_are_served_under_the_prefix() -> None:
    served = metrics.exposition().decode()
    assert "\nwhale_watcher_process_resident_memory_bytes " in served
    assert "\nwhale_watcher_process_cpu_seconds_total " in served
    assert "\nprocess_" not in served
