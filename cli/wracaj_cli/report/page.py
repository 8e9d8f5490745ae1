"""The report as one self-contained page for the screen and for print, in a light and a dark
version."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj.segments.rfm import Move, Segment
from wracaj_cli.experiments.guards import COLUMNS, TITLE, guard_rows, guards_in_words
from wracaj_cli.experiments.words import METRICS
from wracaj_cli.report import drawings
from wracaj_cli.report.bringing import (
    about_in_words,
    findings_in_words,
    first_figures,
    first_sentences,
)
from wracaj_cli.report.incremental import each_and_all
from wracaj_cli.report.incremental_words import change_sentences, timeline_sentences
from wracaj_cli.report.messages import Sent, by_timeline
from wracaj_cli.report.naming import (
    became_in_words,
    idle_in_words,
    moved,
    name_in_table,
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
from wracaj_cli.report.thousand import cell
from wracaj_cli.report.timeline_words import timeline_in_words
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
        timelines=[
            _timeline(name, rows, report, w) for name, rows in by_timeline(report.sent).items()
        ],
        lifetime=lifetime_figures(report, w),
        experiments=_experiments(report, w),
        why_no_segments=why_no_segments(report, w),
        since=since(report, w),
        movement=_movement(report, w),
        **_charts(report, w),
        guards_title=TITLE.to(w.language),
        guards_columns=[column.to(w.language) for column in COLUMNS],
        **_words(w),
    )


def _timeline(name: str, rows: list[Sent], report: Report, w: Writer) -> dict[str, Any]:
    """Return a timeline's messages with their sums, and what came because of them."""
    return {
        "name": name,
        "title": timeline_in_words(name, w.language),
        "messages": rows,
        "rows": [(row, cell(found, w)) for row, found in each_and_all(report, rows)],
        "sentences": timeline_sentences(report, rows, w),
        "changes": change_sentences(report, rows, w),
    }


def _charts(report: Report, w: Writer) -> dict[str, Any]:
    return {
        "weeks": drawings.of_weeks(report, w),
        "spent": drawings.of_spend(report, w),
        "retention": drawings.of_retention(report, w),
        "sizes": drawings.of_segments(report, w) if report.segments else None,
    }


def _words(w: Writer) -> dict[str, Any]:
    return {
        "message_name": lambda name: name_in_table(name, w),
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
    """Return each experiment's sentence, its guardrails, and what it showed on past days, by
    arm."""
    return [
        {
            "name": shown.name,
            "about": about_in_words(shown.experiment, w),
            "metric": METRICS[shown.experiment.metric].to(w.language),
            "finding": findings_in_words(shown, w),
            "guards": guard_rows(shown, w.language),
            "warnings": guards_in_words(shown, w.language),
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
