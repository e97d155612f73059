"""`python -m tools.dashboards` writes the three dashboards of Grafana into deploy/grafana/dashboards/.

The panels stand in tools/dashboard_panels.py. Tests hold that each panel an alert names is there, and that
each query names a metric that exists.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.dashboard_panels import DASHBOARDS, Panel

ROOT_OF_PROVISIONING = Path(__file__).parents[1] / "deploy" / "grafana" / "provisioning"
FOLDER = ROOT_OF_PROVISIONING.parent / "dashboards"
_WIDTH, _HEIGHT, _COLUMNS = 8, 7, 3
_SOURCE = {"type": "prometheus", "uid": "prometheus"}


def dashboard(name: str, panels: Sequence[Panel]) -> dict[str, object]:
    """A dashboard as Grafana reads it."""
    return {
        "uid": f"whale-watcher-{name}",
        "title": f"Whale Watcher: {name}",
        "tags": ["whale-watcher"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "15s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "annotations": {"list": []},
        "templating": {"list": []},
        "panels": [_panel(number, one) for number, one in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, object]:
    steps: list[dict[str, object]] = [{"color": "green", "value": None}]
    if panel.at_most is not None:
        steps.append({"color": "red", "value": panel.at_most})
    row, column = divmod(number, _COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": column * _WIDTH, "y": row * _HEIGHT},
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line" if panel.at_most is not None else "off"}},
            },
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": _targets(panel),
    }


def _targets(panel: Panel) -> list[dict[str, object]]:
    queries, legends = panel.query.split(" ;; "), panel.legend.split(" ;; ")
    return [
        {
            "refId": chr(ord("A") + number),
            "expr": query,
            "legendFormat": legends[min(number, len(legends) - 1)],
            "datasource": _SOURCE,
        }
        for number, query in enumerate(queries)
    ]


def text_of(name: str) -> str:
    """The file of a dashboard."""
    return json.dumps(dashboard(name, DASHBOARDS[name]), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write all of them; the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
