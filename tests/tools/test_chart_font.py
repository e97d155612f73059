"""Which signs the font of Chinese pictures is cut to."""

from pathlib import Path

from tools.chart_font import signs_of

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "{number} sale"
msgid_plural "{number} sales"
msgstr[0] "{number} 次卖出，✅️"

msgid "not said yet"
msgstr ""
"""


def test_it_has_the_signs_of_texts_and_dates_that_other_fonts_lack(tmp_path: Path) -> None:
    file = tmp_path / "messages.po"
    file.write_text(CATALOGUE, encoding="utf-8")
    signs = signs_of(file)
    assert set("次卖出，年月日") <= set(signs)
    assert not set("number✅\ufe0f ") & set(signs)
    assert signs == "".join(sorted(set(signs)))
