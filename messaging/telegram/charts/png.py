"""A chart as PNG: drawn by resvg with the fonts beside this file and no others, the same everywhere."""

from pathlib import Path

from resvg_py import svg_to_bytes

from messaging.telegram.charts.campaign import CampaignCurve, campaign_svg
from messaging.telegram.charts.equity import Equity, equity_svg
from messaging.telegram.charts.svg import Chart, chart_svg

FOLDER = Path(__file__).parent / "fonts"
FONTS = tuple(str(path) for path in sorted(FOLDER.glob("*.ttf")))


def chart_png(chart: Chart) -> bytes:
    """The picture; it takes some hundredths of a second of the processor, so call it in a thread."""
    return _png(chart_svg(chart))


def equity_png(equity: Equity) -> bytes:
    """The curve of a wallet; the same."""
    return _png(equity_svg(equity))


def campaign_png(curve: CampaignCurve) -> bytes:
    """The curve of a paper campaign; the same."""
    return _png(campaign_svg(curve))


def _png(svg: str) -> bytes:
    return svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[*FONTS])
