"""The report as one self-contained page for the screen and for print, in a light and a dark
version."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj.segments.rfm import Move, Segment
from wracaj_cli.experiments.words import METRICS
from wracaj_cli.report import drawings
from wracaj_cli.report.bringing import (
    about_in_words,
    experiment_sentence,
    findings_in_words,
    first_figures,
    first_sentences,
)
from wracaj_cli.report.messages import by_timeline
from wracaj_cli.report.naming import (
    became_in_words,
    idle_in_words,
    moved,
    only_now,
    reason_of_cart,
    rule_in_words,
    segment_in_words,
    sent_in_words,
    since,
    why_no_segments,
    why_not_sent,
)
from wracaj_cli.report.reading import Report
from wracaj_cli.report.terminal_customers import lifetime_figures
from wracaj_cli.report.timeline_words import message_in_words, timeline_in_words
from wracaj_cli.report.writing import Writer

TEMPLATES = Path(__file__).parent
MOST_TINT = 45  # percent; with more colour, the figure in the cell could not be read


def as_page(report: Report, w: Writer | None = None) -> str:
    w = w or Writer("en", report.currency)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html.j2").render(
        report=report,
        w=w,
        t=w.say,
        first=first_figures(report, w),
        sentences=first_sentences(report, w),
        only_now=only_now(report, w),
        timelines=by_timeline(report.sent),
        lifetime=lifetime_figures(report, w),
        experiments=_experiments(report, w),
        why_no_segments=why_no_segments(report, w),
        since=since(report, w),
        movement=_movement(report, w),
        **_charts(report, w),
        **_words(w),
    )


def _charts(report: Report, w: Writer) -> dict[str, Any]:
    return {
        "weeks": drawings.of_weeks(report, w),
        "spent": drawings.of_spend(report, w),
        "retention": drawings.of_retention(report, w),
        "sizes": drawings.of_segments(report, w) if report.segments else None,
    }


def _words(w: Writer) -> dict[str, Any]:
    return {
        "timeline_name": lambda name: timeline_in_words(name, w.language),
        "message_name": lambda name: message_in_words(name, w.language),
        "segment_name": lambda one: segment_in_words(one, w),
        "became_name": lambda name: became_in_words(name, w),
        "sent": lambda row: sent_in_words(row, w),
        "idle": lambda rows: idle_in_words(rows, w),
        "why_not": lambda row: why_not_sent(row, w),
        "answer": lambda why: reason_of_cart(why, w),
        "rule": lambda name: rule_in_words(name, w),
        "segments": list(Segment),
    }


def _experiments(report: Report, w: Writer) -> list[dict[str, Any]]:
    """Return each experiment's sentence, and what it showed on past days, by arm."""
    return [
        {
            "name": shown.name,
            "about": about_in_words(shown.experiment, w),
            "timeline": shown.experiment.timeline,
            "metric": METRICS[shown.experiment.metric].to(w.language),
            "sentence": experiment_sentence(shown, w),
            "finding": findings_in_words(shown, w),
            "arms": [
                drawings.of_experiment(shown, arm, looks, w)
                for arm, looks in report.looks_of(shown).items()
            ],
        }
        for shown in report.experiments
    ]


class Cell(Move):
    tint: int = 0  # percent of the bars' colour

    @property
    def stays(self) -> bool:
        return self.before is self.after


def _movement(report: Report, w: Writer) -> list[tuple[str, list[Cell | None]]]:
    """Return the moves from each segment (rows) to each segment (columns); None if nobody moved."""
    largest = max((move.customers for move in moved(report)), default=0)
    moves = (
        {(move.before, move.after): move for move in report.night.moves}
        if report.night and largest
        else {}
    )
    rows: list[tuple[str, list[Cell | None]]] = []
    for before in (*Segment, None):
        found = [moves.get((before, after)) for after in Segment]
        if any(found):
            cells = [
                Cell(**move.model_dump(), tint=_tint(move, largest)) if move else None
                for move in found
            ]
            name = segment_in_words(before, w) if before else w.say("scored for the first time")
            rows.append((name, cells))
    return rows


def _tint(move: Move, largest: int) -> int:
    return 0 if move.before is move.after else max(6, round(MOST_TINT * move.customers / largest))
