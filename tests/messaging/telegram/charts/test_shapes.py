"""What pictures are drawn with is well formed, whatever words it is given."""

import xml.etree.ElementTree as ET

from messaging.telegram.charts.shapes import COLOURS, Theme, attributes, box, line, text, triangle


def test_words_are_escaped() -> None:
    found = ET.fromstring(text((1, 2), "<a> & b", 33, "#fff", text_anchor="end"))
    assert (found.text, found.get("text-anchor"), found.get("x")) == ("<a> & b", "end", "1.0")


def test_lines_and_boxes_have_their_corners() -> None:
    assert ET.fromstring(line((0, 1), (2, 3), "#fff")).get("x2") == "2.0"
    assert ET.fromstring(box((0, 1), (2, 3), "#fff", rx="8")).get("height") == "3.0"
    assert attributes({"font_size": "3"}) == ' font-size="3"'


def test_a_mark_has_its_tip_at_its_point() -> None:
    up = ET.fromstring(triangle((10, 20), "#fff", "#000", is_up=True)).get("points", "")
    down = ET.fromstring(triangle((10, 20), "#fff", "#000", is_up=False)).get("points", "")
    assert up.split()[0] == down.split()[0] == "10.0,20.0"
    assert up.split()[1].endswith(",50.0")
    assert down.split()[1].endswith(",-10.0")


def test_both_looks_have_colours() -> None:
    assert set(COLOURS) == set(Theme)
