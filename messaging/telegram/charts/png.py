"""A chart as PNG: drawn by resvg with the fonts beside this file and no others, the same everywhere."""

from pathlib import Path

from resvg_py import svg_to_bytes

from messaging.telegram.charts.svg import Chart, chart_svg

FONTS = tuple(str(path) for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf")))


def chart_png(chart: Chart) -> bytes:
    """The picture; it takes some hundredths of a second of the processor, so call it in a thread."""
    return svg_to_bytes(svg_string=chart_svg(chart), skip_system_fonts=True, font_files=[*FONTS])
