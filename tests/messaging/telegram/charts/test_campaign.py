"""The curve of a paper campaign as text: within the picture, beside its whale's and SOL that is kept."""

import xml.etree.ElementTree as ET

import pytest
from msgspec import structs

from domain.paper.progress import Point
from messaging.languages.choice import locale_of
from messaging.telegram.charts.campaign import MAX_POINTS, CampaignCurve, campaign_svg
from messaging.telegram.charts.png import campaign_png
from messaging.telegram.charts.shapes import HEIGHT, WIDTH, Theme

NAMESPACE = "{http://www.w3.org/2000/svg}"
SOL = 10**9
BEGIN = 1_795_000_000


def curve(*sol: tuple[float, float], name: str = "Ahab", theme: Theme = Theme.DARK) -> CampaignCurve:
    points = [
        Point(at=BEGIN + 300 * index, own=int(own * SOL), whale=int(whale * SOL))
        for index, (own, whale) in enumerate(sol)
    ]
    return CampaignCurve(name=name, points=points, holding=10 * SOL, theme=theme)


def words(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{NAMESPACE}text")]


def test_it_says_whom_it_follows_and_what_whale_and_copiers_made() -> None:
    texts = words(campaign_svg(curve((10, 10), (10.3, 11.4))))
    assert texts[:3] == ["Ahab", "+3%", "The whale +14%, its copiers +3% · virtual money"]
    assert {"SOL kept", "copiers", "whale", "18 Nov 11:06 UTC"} <= set(texts)


@pytest.mark.parametrize(
    "sol", [[(10, 10)], [(0, 0), (0, 10**9)], [(10, 10)] * 2, [(n % 7, n) for n in range(3 * MAX_POINTS)]]
)
def test_everything_lies_within_the_picture(sol: list[tuple[float, float]]) -> None:
    tree = ET.fromstring(campaign_svg(curve(*sol)))
    lines = [*tree.iter(f"{NAMESPACE}polyline")]
    assert len(lines) == 2
    for one in lines:
        pairs = [pair.split(",") for pair in (one.get("points") or "").split()]
        assert 1 <= len(pairs) <= MAX_POINTS
        assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in pairs)


def test_a_name_of_people_draws_nothing() -> None:
    svg = campaign_svg(curve((10, 10), name="<polyline r=9/>\u202e" * 9))
    assert len([*ET.fromstring(svg).iter(f"{NAMESPACE}polyline")]) == 2


@pytest.mark.parametrize("theme", list(Theme))
def test_it_is_a_picture_in_both_looks(theme: Theme) -> None:
    assert campaign_png(curve((10, 10), (9, 12), theme=theme)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "La ballena +14%, sus copiadores +2,5% · dinero virtual"),
        ("ru", "Кит +14%, его последователи +2,5% · виртуальные деньги"),
        ("zh", "巨鲸 +14%，跟单者 +2.5% · 虚拟资金"),
    ],
)
def test_it_speaks_the_readers_language_where_the_font_has_its_signs(language: str, said: str) -> None:
    drawn = structs.replace(curve((10, 10), (10.25, 11.4)), locale=locale_of(language))
    assert said in " ".join(words(campaign_svg(drawn))).replace("\u00a0", "")
