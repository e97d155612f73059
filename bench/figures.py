"""The last line of each benchmark and soak: its figures as JSON, for whoever compares runs."""

import json
from collections.abc import Mapping

Figures = dict[str, float]
"""By name; the name ends with the unit, where there is one."""
_DIGITS = 4


def print_figures(name: str, figures: Mapping[str, float]) -> None:
    """Print `{"bench": name, figure: value, ...}` in one line."""
    rounded = {key: float(f"{value:.{_DIGITS}g}") for key, value in figures.items()}
    print(json.dumps({"bench": name, **rounded}), flush=True)
