"""Bar charts, as SVG inside the page. Each has a text alternative, and the tables below have the
same figures."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, GAP = 640, 180, 4
BELOW, ABOVE = 20, 18  # space for the labels and for the figures
ROW, LABELS = 26, 150


class Bar(NamedTuple):
    label: str
    value: float
    told: str  # the tooltip
    figure: str = ""  # the figure next to the bar


def upright(title: str, bars: Sequence[Bar], full: float) -> str:
    """Return a chart of upright bars. `full`: the value of a bar as high as the chart."""
    step, room = WIDTH / max(1, len(bars)), HEIGHT - BELOW - ABOVE
    drawn = []
    for place, bar in enumerate(bars):
        height = max(1.0, bar.value / full * room) if full else 1.0
        left, top, middle = place * step + GAP / 2, HEIGHT - BELOW - height, (place + 0.5) * step
        drawn.append(
            _rect(left, top, step - GAP, height, bar.told)
            + _text(middle, HEIGHT - 5, bar.label)
            + (_text(middle, top - 5, bar.figure) if bar.figure else "")
        )
    return _svg(title, HEIGHT, drawn)


def sideways(title: str, bars: Sequence[Bar]) -> str:
    largest, room = max((bar.value for bar in bars), default=0) or 1, WIDTH - LABELS - 60
    drawn = []
    for place, bar in enumerate(bars):
        top, length = place * ROW, max(1.0, bar.value / largest * room)
        drawn.append(
            _text(LABELS - 10, top + 17, bar.label, "end")
            + _rect(LABELS, top + 3, length, ROW - 6, bar.told)
            + _text(LABELS + length + 8, top + 17, bar.figure, "start")
        )
    return _svg(title, ROW * max(1, len(bars)), drawn)


def _rect(left: float, top: float, width: float, height: float, told: str) -> str:
    told = f"<title>{escape(told)}</title>"
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="3">{told}</rect>'
    )


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, height: float, drawn: Sequence[str]) -> str:
    label = escape(f"{title}; the table below has the figures", quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img"'
        f' aria-label="{label}">{"".join(drawn)}</svg>'
    )
