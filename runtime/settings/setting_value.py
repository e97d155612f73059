"""Where the value of one setting comes from: the environment, or a file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from pathlib import Path
from typing import Any

from runtime.settings import parsing
from runtime.settings.mistakes import reason
from runtime.settings.secret import Secret


def value_of(spec: Field[Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """The value that is set for a field of `Settings`, by its name; empty when unset.

    Raises:
        ValueError: what is wrong with it, and what to write.
    """
    text = _text(spec, environ)
    if not text:
        return {}
    if not text.isascii() and spec.metadata["parser"] not in {parsing.path, parsing.examples}:
        raise ValueError("holds a character that is not plain ASCII. Type it again by hand")
    return {spec.name: spec.metadata["parser"](text)}


def _text(spec: Field[Any], environ: Mapping[str, str]) -> str:
    """What is set for a setting, directly or in a file; empty when unset."""
    name = spec.name.upper()
    text, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if not file or not _may_stand_in_file(spec):
        return text
    if text:
        raise ValueError(f"is set twice, also by {name}_FILE. Remove one of them")
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read from the file {file} ({reason(error)}). Mend {name}_FILE") from None
    if not text:
        raise ValueError(f"is empty in the file {file}. Write it there, or remove {name}_FILE")
    return text


def _may_stand_in_file(spec: Field[Any]) -> bool:
    """Secrets may, and what another program finds out."""
    secret = isinstance(spec.default, Secret) or "Secret" in str(spec.type)
    return secret or spec.metadata["parser"] is parsing.examples
