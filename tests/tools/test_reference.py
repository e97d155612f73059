"""The reference is as the code is, and leaves nothing out."""

import re

from tools.reference import FILE, MIGRATIONS, reference


def test_it_was_written_after_the_code_last_changed() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run make reference"


def test_every_table_of_the_schema_stands_in_it() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in MIGRATIONS.glob("*.sql"))
    made = set(re.findall(r"^CREATE TABLE (\w+) \(", text, re.MULTILINE))
    part = reference().partition("## Tables")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == made


def test_keys_are_shown_with_what_stands_in_them() -> None:
    assert (
        "| `session` | `whale:session:{chat_id}:{user_id}` | The session of one person in one chat. |"
        in reference()
    )
    assert "| `ALERTS_CHANNEL` | `whale:alerts` |" in reference()
