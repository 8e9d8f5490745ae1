"""The report as one page: self-contained, for the screen and for print, light and dark."""

from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj_cli.report.reading import Report
from wracaj_cli.report.terminal import money, percent, plain

TEMPLATES = Path(__file__).parent
WIDTH, HEIGHT, GAP = 640, 180, 4


def as_page(report: Report) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["percent"] = percent
    environment.filters["plain"] = plain
    template = environment.get_template("page.html.j2")
    return template.render(report=report, money=lambda amount: money(amount, report), chart=_chart(report))


def _chart(report: Report) -> str:
    """Spend by month as bars; the table below says the same in figures."""
    largest = max((month.spend for month in report.months), default=0) or 1
    step = WIDTH / max(1, len(report.months))
    bars = []
    for place, month in enumerate(report.months):
        height = float(month.spend) / float(largest) * (HEIGHT - 24)
        x, y = place * step + GAP / 2, HEIGHT - 20 - height
        told = escape(f"{month.month}: {money(month.spend, report)}, {month.orders} orders")
        bars.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{step - GAP:.1f}" height="{max(height, 1):.1f}" rx="3">'
            f"<title>{told}</title></rect>"
            f'<text x="{x + (step - GAP) / 2:.1f}" y="{HEIGHT - 5}">{month.month[2:].replace("-", "/")}</text>'
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Spent by month; the table below has the figures">'
        f"{''.join(bars)}</svg>"
    )
