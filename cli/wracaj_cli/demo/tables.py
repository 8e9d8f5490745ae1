"""Shows the outcome in a terminal."""

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wracaj.money import format_money
from wracaj_cli.counted import counted
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.experiment.review import ExperimentReview
from wracaj_cli.demo.ledger import Noted
from wracaj_cli.demo.outcome import Line, Totals
from wracaj_cli.demo.promises import NAMES, Broken
from wracaj_cli.demo.rescue.review import AUDIENCE, VisitorLine
from wracaj_cli.demo.rescue.story import STEPS
from wracaj_cli.demo.rescue.story import WORDS as STEP_WORDS
from wracaj_cli.demo.week import ZONE
from wracaj_cli.demo.year.lines import YearLine
from wracaj_cli.experiments.tables import as_table

WIDEST = 150
SHOWN_FINDINGS = 8


def show_lines(console: Console, lines: list[Line], broken: list[Broken]) -> None:
    failed = {found.shopper for found in broken}
    table = Table(
        title="What was sent to whom, when, and why not", title_justify="left", show_lines=True
    )
    for heading, ratio in (
        ("Shopper", 2),
        ("Sent", 3),
        ("Not sent", 3),
        ("What the shopper did", 3),
    ):
        table.add_column(heading, ratio=ratio)
    for line in lines:
        mark = (
            Text("✗ ", style="bold red")
            if line.persona.name in failed
            else Text("✓ ", style="green")
        )
        who = mark + Text(line.persona.name, style="bold") + Text(f"\n{line.shop}", style="dim")
        sent = Text("\n".join(told(message) for message in line.sent), style="green")
        table.add_row(who, sent, Text("\n".join(line.not_sent)), Text("\n".join(line.did)))
    console.print(table, width=min(console.width, WIDEST))


def show_year(console: Console, lines: list[YearLine], broken: list[Broken]) -> None:
    failed = {found.shopper for found in broken}
    table = Table(title="The loyalty programme's first year", title_justify="left", show_lines=True)
    for heading, ratio in (("Customer", 2), ("What the customer did", 3), ("Messages", 5)):
        table.add_column(heading, ratio=ratio)
    for line in lines:
        mark = (
            Text("✗ ", style="bold red")
            if line.regular.name in failed
            else Text("✓ ", style="green")
        )
        who = (
            mark + Text(line.regular.name, style="bold") + Text(f"\n{standing(line)}", style="dim")
        )
        messages = [
            f"{kind}: {', '.join(day(message.at) for message in own)}" for kind, own in line.by_kind
        ]
        table.add_row(
            who,
            Text("\n".join(deed(noted) for noted in line.deeds)),
            Text("\n".join(messages), style="green"),
        )
    console.print(table, width=min(console.width, WIDEST))


def show_week(console: Console, lines: list[VisitorLine], broken: list[Broken]) -> None:
    failed = {found.shopper for found in broken}
    table = Table(
        title="Every channel: when it reached whom, and why not",
        title_justify="left",
        show_lines=True,
    )
    table.add_column("Shopper", ratio=3)
    for step in STEPS:
        table.add_column(STEP_WORDS[step].capitalize() if step != "sms" else "SMS", ratio=2)
    table.add_column("What the shopper did", ratio=3)
    for line in lines:
        mark = (
            Text("✗ ", style="bold red")
            if line.visitor.name in failed
            else Text("✓ ", style="green")
        )
        cells = [_cell(line, step) for step in STEPS]
        deeds = "\n".join(
            f"{noted.at.astimezone(ZONE):%a %H:%M} {noted.what}" for noted in line.deeds
        )
        table.add_row(mark + Text(line.visitor.name, style="bold"), *cells, Text(deeds))
    console.print(table, width=min(console.width, WIDEST))


def show_experiment(console: Console, review: ExperimentReview) -> None:
    """Show what `wracaj experiment show` says of it."""
    console.print(
        f"Before Christmas, {counted(len(review.lines), 'shopper')} left a cart. Half of them got"
        " no mail about it:",
        soft_wrap=True,
        highlight=False,
    )
    console.print(as_table(review.shown, review.settings, review.now, "en"))


def _cell(line: VisitorLine, step: str) -> Text:
    came = line.came(step)
    return (
        Text(reached(came, line, step), style="green")
        if came
        else Text(line.why_not(step), style="dim")
    )


def reached(came: datetime, line: VisitorLine, step: str) -> str:
    """Return when a step reached the shopper, such as "Mon 13:15"; for an audience, also for how
    long."""
    at = f"{came.astimezone(ZONE):%a %H:%M}"
    left = line.stays[0].left_at if step == AUDIENCE else None
    if left is None:
        return at
    hours = round((left - came).total_seconds() / 3600)
    return f"{at}, for {hours // 24} days" if hours >= 48 else f"{at}, for {hours} h"


def standing(line: YearLine) -> str:
    """Return the state of a customer's account, such as "Srebrny, 688 points, PLN 539.50,
    loyal"."""
    sums = [
        format_money(amount, currency, "en")
        for currency, amount in sorted(line.standing.spend.items())
    ]
    segment = [line.standing.segment] if line.standing.segment else []
    return ", ".join(
        [line.standing.tier or "no tier", counted(line.standing.points, "point"), *sums, *segment]
    )


def deed(noted: Noted) -> str:
    amount = (
        f" {format_money(noted.amount, noted.currency, 'en')}"
        if noted.amount is not None and noted.currency
        else ""
    )
    clicked = f" in the mail: {noted.step}" if noted.step else ""
    code = f" with {noted.code}" if noted.code else ""
    return f"{day(noted.at)} {noted.what}{clicked}{amount}{code}"


def day(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%-d %b}"


def told(message: Delivered) -> str:
    """Return the message in words, such as "Mon 13:04 e-mail"."""
    code = "" if message.step != "discount_email" else f" ({message.code or 'without a code'})"
    return f"{message.at.astimezone(ZONE):%a %H:%M} {message.kind}{code}"


def sentences(totals: Totals) -> list[str]:
    return [
        f"{counted(totals.shoppers, 'shopper')}, {counted(totals.carts, 'cart')},"
        f" {counted(totals.webhooks, 'webhook')}.",
        f"Sent: {counted(totals.emails, 'e-mail')} and {totals.sms} SMS"
        f" ({counted(totals.sms_segments, 'segment')}).",
        f"Recovered: {counted(totals.recovered, 'cart')}, {totals.recovered_value}.",
        (
            f"Created: {counted(totals.codes_created, 'discount code')}, {totals.codes_used} of"
            f" them used; the shops' servers turned {counted(totals.codes_failed, 'request')} for a"
            " code away while they were down."
        ),
    ]


def show_totals(console: Console, totals: Totals) -> None:
    for sentence in sentences(totals):
        console.print(sentence, highlight=False, soft_wrap=True)


def show_promises(console: Console, broken: list[Broken]) -> None:
    for name in NAMES:
        found = [one for one in broken if one.promise == name]
        console.print(
            Text("✗ " if found else "✓ ", style="bold red" if found else "green") + Text(name)
        )
        for one in found[:SHOWN_FINDINGS]:
            console.print(Text(f"    {one.shopper}: {one.what}", style="red"), soft_wrap=True)
        if len(found) > SHOWN_FINDINGS:
            console.print(
                Text(
                    f"    and {len(found) - SHOWN_FINDINGS} more, all on the page named below",
                    style="red",
                )
            )
