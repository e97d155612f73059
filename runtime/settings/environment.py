"""The environment of a process, with the file `.env` beneath it; read for `runtime/settings/loading.py`."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from runtime.settings.mistakes import Mistake, SettingsError, reason


def read_environment(dotenv: Path = Path(".env"), environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment over the file `.env`, if there is one: what is exported wins over what is written.

    Raises:
        SettingsError: the file cannot be read, or a line of it not understood.
    """
    try:
        text = dotenv.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((Mistake(name=str(dotenv), what=f"cannot be read: {reason(error)}"),)) from None
    return {**_parsed(text, dotenv), **(os.environ if environ is None else environ)}


def names_written(dotenv: Path = Path(".env")) -> list[str]:
    """The names that the file sets; none if it cannot be read, which `read_environment` reports."""
    try:
        return [*_parsed(dotenv.read_text(encoding="utf-8-sig"), dotenv)]
    except (OSError, UnicodeDecodeError, SettingsError):
        return []


def _parsed(text: str, dotenv: Path) -> dict[str, str]:
    lines = list(parse_stream(io.StringIO(text)))
    if wrong := [line.original.line for line in lines if line.error]:
        what = "cannot be understood. Write NAME=value, and close every quote"
        raise SettingsError(tuple(Mistake(name=f"{dotenv}, line {number},", what=what) for number in wrong))
    return {line.key: line.value or "" for line in lines if line.key}
