from __future__ import annotations

import re
from pathlib import Path

from runtime.settings.loading import example_env, setting_names

_ROOT = Path(__file__).parents[2]


def test_env_example_is_what_settings_reads() -> None:
    assert (_ROOT / ".env.example").read_text(encoding="utf-8") == example_env()


def test_every_setting_stands_once_in_env_example_and_is_explained() -> None:
    text = (_ROOT / ".env.example").read_text(encoding="utf-8")
    written = re.findall(r"^# .+\n#([A-Z_]+)=", text, flags=re.MULTILINE)
    assert written == list(setting_names())
