"""A timeline as a table, and a list of problems, for the terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj_cli.counted import counted
from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.model import Message, Timeline
from wracaj_cli.timelines.problems import Problem

COLUMNS = ("After", "In all", "Channel", "Message", "Template", "Discount")


def as_table(timeline: Timeline, shop: str | None = None) -> Group:
    """`shop`: whose own timings are among the numbers."""
    messages = counted(len(timeline.messages), "message")
    title = f"{timeline.title}: {messages} in {in_words(timeline.total)}"
    table = Table(title=title, title_justify="left")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for message in timeline.messages:
        table.add_row(*_row(message))
    return Group(table, Text("\n".join(_notes(timeline, shop)), style="dim"))


def _row(message: Message) -> tuple[str, ...]:
    times = in_words(message.after), in_words(message.total)
    return (*times, message.channel_word, message.name, message.template, message.gives)


def _notes(timeline: Timeline, shop: str | None) -> Iterator[str]:
    begins = timeline.begins
    yield f"After: since {begins.since}, then since the message before."
    if timeline.ends_with_order:
        yield (
            "Before each message the step looks whether an order completed; if one did, nothing"
            " more is sent."
        )
    else:
        yield (
            "A later order does not end it. Of messages after the same time a shopper gets one, or"
            " none."
        )
    for message in timeline.messages:
        if message.discount:
            yield (
                f"When the shop cannot create the discount code, {message.name}"
                f" {message.discount.fallback}."
            )
    put = f", those of {shop} itself once `wracaj shop put` has stored them" if shop else ""
    yield (
        f"Changed numbers take effect for {begins.reached} after the next deploy{put}; running ones"
        " keep theirs."
    )


def as_lines(problems: Sequence[Problem]) -> Text:
    """Return each problem on two lines. The first begins with `file:line`, which editors show as a
    link."""
    lines = Text()
    for problem in problems:
        place = f"{problem.file}:{problem.line}" if problem.line else str(problem.file)
        lines.append(place, style="bold").append(
            f"  {problem.where or '(whole file)'}", style="cyan"
        ).append(f"  [{problem.rule}]\n", style="dim")
        lines.append(f"  {problem.what}\n").append(f"  Fix: {problem.fix}\n", style="green")
    return lines
