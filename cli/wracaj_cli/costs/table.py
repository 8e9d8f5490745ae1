"""A month's bill as a table."""

from dataclasses import dataclass

from rich.table import Table

from wracaj.language import Locale
from wracaj.money import NBSP
from wracaj.text.wording import month_names
from wracaj_cli.costs import prices
from wracaj_cli.costs.bill import LOGGED_KB, MEMORY_GB, STEP_SECONDS, WEBHOOK_SECONDS
from wracaj_cli.costs.month import PARTS_OF_AN_SMS, Line, Month
from wracaj_cli.costs.words import in_polish

NOTE = (
    "Counted on the local stack, priced for {region} as of {as_of}, without the free tiers, taxes,"
    " storage and support. Assumed: {webhook} s a webhook and {step} s a step at {memory} GB,"
    " {log} KB of logs a call; one event about each e-mail; half of the carts have no contact,"
    " unless more are ordered; an SMS has {parts} segments at ${sms}. No bill of a real account"
    " stands behind it."
)


@dataclass(frozen=True)
class Writer:
    locale: Locale

    def say(self, english: str) -> str:
        return english if self.locale == "en" else in_polish(english)

    def number(self, value: float, digits: int = 0) -> str:
        told = f"{value:,.{digits}f}"
        return told if self.locale == "en" else told.replace(",", NBSP).replace(".", ",")

    def plain(self, value: float) -> str:
        return f"{value:g}" if self.locale == "en" else f"{value:g}".replace(".", ",")

    def month(self, value: str) -> str:
        """Of "2026-11"."""
        year, month = value.split("-")
        return f"{month_names(self.locale)[int(month) - 1]} {year}"

    def dollars(self, value: float) -> str:
        told = self.number(value, 2)
        return f"${told}" if self.locale == "en" else f"{told}{NBSP}$"

    def paid_for(self, name: str, value: float) -> str:
        """In Polish the number stands behind, where no word depends on it."""
        told = self.number(value, 2 if name == "GB" else 0)
        return f"{told} {name}" if self.locale == "en" else f"{self.say(name)}: {told}"


def as_table(lines: list[Line], month: Month, locale: Locale) -> Table:
    w = Writer(locale)
    title = w.say("A month of {carts} carts").format(carts=w.number(month.carts))
    table = Table(
        title=title, title_justify="left", caption=_note(month, w), caption_justify="left"
    )
    table.add_column(w.say("service"))
    table.add_column(w.say("what is paid for"))
    table.add_column(w.say("a month"), justify="right")
    for line in lines:
        units = ", ".join(w.paid_for(name, value) for name, value in line.units.items())
        table.add_row(w.say(line.service), units, w.dollars(line.dollars))
    together = sum(line.dollars for line in lines)
    without_sms = together - sum(line.dollars for line in lines if line.service == "SMS")
    table.add_section()
    table.add_row(w.say("together"), "", w.dollars(together))
    table.add_row(w.say("without SMS"), "", w.dollars(without_sms))
    each = w.dollars(without_sms * 1000 / month.carts)
    table.add_row(w.say("without SMS, for each 1,000 carts"), "", each)
    return table


def _note(month: Month, w: Writer) -> str:
    return w.say(NOTE).format(
        region=prices.REGION,
        as_of=w.month(prices.AS_OF),
        webhook=w.plain(WEBHOOK_SECONDS),
        step=w.plain(STEP_SECONDS),
        memory=w.plain(MEMORY_GB),
        log=w.plain(LOGGED_KB),
        parts=PARTS_OF_AN_SMS,
        sms=w.plain(month.sms_part),
    )
