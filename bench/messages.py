"""The time that each message takes to render, and its size."""

import statistics
import time

from bench.figures import Figures
from wracaj.consent.channel import Channel
from wracaj.messages.rendering import Rendered, render
from wracaj.messages.template_files import template_names
from wracaj_cli.preview import SAMPLE_SHOP, sample_facts

RUNS = 50


def measure(runs: int = RUNS) -> Figures:
    messages = [
        (name, channel, locale)
        for locale in ("pl", "en")
        for name, channel in template_names(locale).items()
    ]
    rows = [_row(*message, runs) for message in messages]
    note = (
        f"Filled as `wracaj preview` fills them; median of {runs} after the first, on this machine."
        " KB of HTML and of text."
    )
    return Figures(
        "Messages",
        ("template", "language", "ms", "HTML, KB", "text, KB", "SMS segments"),
        rows,
        note,
    )


def _row(
    template: str, channel: Channel, locale: str, runs: int
) -> tuple[str, str, float, float, float, int]:
    facts = sample_facts(locale, SAMPLE_SHOP, template)
    render(template, channel, facts)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        rendered = render(template, channel, facts)
        times.append(time.perf_counter() - start)
    html, text = _kilobytes(rendered)
    return (
        template,
        locale,
        round(statistics.median(times) * 1000, 1),
        html,
        text,
        rendered.segments or 0,
    )


def _kilobytes(rendered: Rendered) -> tuple[float, float]:
    return round(len((rendered.html or "").encode()) / 1024, 1), round(
        len(rendered.text.encode()) / 1024, 2
    )
