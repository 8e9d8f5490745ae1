"""Charts as static SVG inside the page: no script, no style and no address of their own. The page's
style gives them their colours, in the light and in the dark. Each has a text alternative.

pygal draws them. It has no type hints, so it is used in this module only, and it is imported only
where a page is made.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST_UPRIGHT = 14  # bars; between more of them the figures would not fit
ROW, SMALL, TEXT = 24, 12, 12
WIDE, NARROW = 900, 340  # of the drawing, for a large screen and for a phone
ABOVE, BESIDE = 1.1, 1.3  # as many times the largest value, so that its figure fits
LEFT_OUT = ("defs", "title", "desc")  # its scripts and styles are in `defs`


class Point(NamedTuple):
    """A bar, or an interval from `low` to `high`. `figure`: the value as it is written."""

    label: str
    value: float | None
    figure: str
    low: float | None = None
    high: float | None = None


class Drawn(NamedTuple):
    """The same chart twice; the page shows the one that fits its width."""

    wide: str
    narrow: str


def bars(title: str, points: Sequence[Point], full: float | None = None) -> Drawn:
    """Return a chart of bars with their figures: upright ones, and rows on a phone. `full`: the
    value of a bar as long as the chart; without it, there is room for the largest one."""
    rows = _rows(title, points, full, NARROW)
    if len(points) > MOST_UPRIGHT:
        return Drawn(_rows(title, points, full, WIDE), rows)
    import pygal

    chart = pygal.Bar(
        **_look(WIDE, 240), print_values_position="top", range=_range(points, full, ABOVE)
    )
    return Drawn(_drawn(chart, title, points), rows)


def rows(title: str, points: Sequence[Point]) -> Drawn:
    """Return a chart with one row for each bar, for names that are too long to stand below it."""
    return Drawn(_rows(title, points, None, WIDE), _rows(title, points, None, NARROW))


def intervals(title: str, points: Sequence[Point], ticks: Sequence[Point]) -> Drawn:
    """Return a chart of intervals, each with its estimate. `ticks`: the figures of the scale, which
    has 0 in it."""
    return Drawn(
        *(_intervals(title, points, ticks, *size) for size in ((WIDE, 260), (NARROW, 240)))
    )


def _rows(title: str, points: Sequence[Point], full: float | None, width: int) -> str:
    import pygal

    look = _look(width, ROW * max(1, len(points)) + 2 * SMALL) | {
        "show_x_labels": False,
        "show_y_labels": True,
    }
    span = _range(points, full, BESIDE)
    chart = pygal.HorizontalBar(**look, print_values_position="top", range=span)
    return _drawn(chart, title, list(reversed(points)))


def _intervals(
    title: str, points: Sequence[Point], ticks: Sequence[Point], width: int, height: int
) -> str:
    import pygal

    look = _look(width, height) | {"print_values": False, "show_y_labels": True}
    chart = pygal.Line(
        **look,
        stroke=False,
        dots_size=3,
        range=(float(ticks[0].value or 0), float(ticks[-1].value or 0)),
        y_labels=[{"value": one.value, "label": one.figure} for one in ticks],
        y_labels_major=[0],
        x_labels_major_count=4 if width == NARROW else 8,
        show_minor_x_labels=False,
        truncate_label=-1,
    )
    return _drawn(chart, title, points)


def _look(width: int, height: int) -> dict[str, Any]:
    from pygal.style import Style

    sizes = {f"{name}_font_size": TEXT for name in ("label", "major_label", "value", "value_label")}
    return {
        "width": width,
        "height": height,
        "style": Style(font_family="sans-serif", **sizes),
        "margin": SMALL,
        "spacing": 6,
        "show_legend": False,
        "show_y_labels": False,
        "show_y_guides": True,
        "print_values": True,
        "js": (),
        "no_prefix": True,
        "disable_xml_declaration": True,
    }


def _range(points: Sequence[Point], full: float | None, room: float) -> tuple[float, float]:
    values = [point.value or 0.0 for point in points]
    lowest, highest = min([0.0, *values]), max([0.0, *values])
    return lowest * room, (full or highest or 1.0) * room


def _drawn(chart: Any, title: str, points: Sequence[Point]) -> str:
    chart.x_labels = [point.label for point in points]
    chart.add("", [_value(point) for point in points])
    chart.add_xml_filter(lambda root: _cleaned(root, title))
    drawn: str = chart.render(is_unicode=True)
    return drawn


def _value(point: Point) -> dict[str, Any]:
    told: dict[str, Any] = {"value": point.value, "formatter": lambda _: point.figure}
    if point.low is not None and point.high is not None:
        told["ci"] = {"low": point.low, "high": point.high}
    return told


def _cleaned(root: Any, title: str) -> Any:
    """Take out what would run, load or style, and say in words what the drawing is."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in LEFT_OUT:
                parent.remove(child)
    root.attrib.pop("xmlns", None)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", title)
    return root
