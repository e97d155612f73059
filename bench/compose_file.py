"""What docker-compose.scale.yml and the Dockerfile say, read by the trial and by tests."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COMPOSE_FILE = ROOT / "docker-compose.scale.yml"
TRIED = ("sandbox", "prometheus", "pgbouncer")
"""The profiles that the trial uses; Grafana, of which there is no stand-in, has one of its own."""
_DEFAULT = re.compile(r"\$\{[A-Z_]+:-([^}]*)\}")


@cache
def compose_file() -> Mapping[str, Any]:
    """The file with the default of each variable that has one."""
    text = _DEFAULT.sub(r"\1", COMPOSE_FILE.read_text(encoding="utf-8"))
    loaded = yaml.safe_load(text)
    assert isinstance(loaded, dict)
    return loaded


def own_image() -> str:
    """The name and tag of the product's image."""
    return str(compose_file()["x-program"]["image"])


def images_of() -> list[str]:
    """Every image that is not our own and that the trial runs, the Dockerfile's among them."""
    services = compose_file()["services"].values()
    tried = [one for one in services if set(one.get("profiles", TRIED)) & set(TRIED)]
    named = {str(service["image"]) for service in tried} - {own_image()}
    found = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert found is not None
    return [found[1], *sorted(named)]
