"""What `wracaj experiment plan` says, in English and Polish."""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.experiments.plan import Design
from wracaj.language import Locale
from wracaj.money import NBSP, format_money
from wracaj.settings.experiments import FEWEST_PEOPLE, MOST_PEOPLE, Experiment
from wracaj.text.wording import counted_en, counted_pl, grouped, plural_pl
from wracaj_cli.experiments.planning import Pace, designs, weeks_until_counted
from wracaj_cli.experiments.words import amount_in_words, arm_in_words
from wracaj_cli.outcome_words import Words

WEEKS = (4, 12, 26)
TITLE = Words("{name}: what it can show", "{name}: co może pokazać")
COLUMNS = (
    Words("Arm", "Wariant"),
    Words("After", "Czas"),
    Words("Days over", "Po czasie"),
    Words("Smallest difference for 100 shoppers", "Najmniejsza różnica na 100 klientów"),
)
SHOWS = Words(
    "{arm}: a difference of {lift} for 100 shoppers shows with a chance of 80 % after"
    " {people}{when}, often after half of them.",
    "{arm}: różnica {lift} na 100 klientów ujawni się z prawdopodobieństwem 80% po {people}{when},"
    " często już po połowie.",
)
WHEN = Words(", about {weeks} at this pace", ", czyli w tym tempie po około {weeks}")
ASSUMED = Words(
    "Assumed: {people} a week, of whom {percent} % order{worth} within {days}.",
    "Założenia: {people} tygodniowo; {percent}% z nich zamawia{worth} w ciągu {days}.",
)
WORTH = {
    "paid": Words(" for {value} (paid)", " za {value} (zapłacone netto)"),
    "contribution": Words(" for {value} (contribution)", " za {value} (marża)"),
}
TOO_SMALL = Words(
    "So small a difference takes more than {people} people: raise `smallest_lift`.",
    "Tak mała różnica wymaga więcej niż {people} osób: zwiększ `smallest_lift`.",
)
WRITE = Words(
    "Write into the experiment before it begins: `people: {people}`.",
    "Wpisz do eksperymentu, zanim się zacznie: `people: {people}`.",
)


class Plan(NamedTuple):
    name: str
    experiment: Experiment
    pace: Pace
    currency: str
    to: Locale

    def as_table(self) -> Group:
        table = Table(title=self._say(TITLE, name=self.name), title_justify="left")
        for column in COLUMNS:
            table.add_column(column.to(self.to), overflow="fold")
        for row in self._rows():
            table.add_row(*row)
        return Group(table, Text("\n".join(self._sentences())))

    def _rows(self) -> Iterator[tuple[str, ...]]:
        wait = weeks_until_counted(self.experiment)
        for arm, (design, both) in designs(self.experiment, self.pace).items():
            for weeks in WEEKS:
                people = round(self.pace.people * max(0, weeks - wait) * both)
                after, counting = _weeks(weeks).to(self.to), grouped(people, self.to)
                yield self._arm(arm), after, counting, self._smallest(design, people)

    def _smallest(self, design: Design, people: int) -> str:
        """Return the smallest difference that shows; none: there can be none so large."""
        smallest = 100 * design.smallest_lift(people) if people > 1 else inf
        if smallest > 100 and (self.experiment.metric == "orders" or smallest == inf):
            return "–"
        return amount_in_words(smallest, self.experiment, self.currency, self.to)

    def _sentences(self) -> Iterator[str]:
        most = 0
        for arm, (design, both) in designs(self.experiment, self.pace).items():
            needed = round(design.people_needed(float(self.experiment.smallest_lift) / 100) / both)
            most = max(most, needed)
            told = {"arm": self._arm(arm), "lift": self._wanted(), "when": self._when(needed)}
            yield self._say(SHOWS, people=_after_people(needed).to(self.to), **told)
        yield self._assumed()
        yield self._mend(most)

    def _when(self, people: int) -> str:
        if not self.pace.people:
            return ""
        weeks = round(people / self.pace.people + weeks_until_counted(self.experiment))
        return self._say(WHEN, weeks=_after_weeks(weeks).to(self.to))

    def _wanted(self) -> str:
        """Return the smallest lift as it is written in the settings."""
        lift = self.experiment.smallest_lift
        if self.experiment.metric != "orders":
            return format_money(lift, self.currency, self.to)
        if self.to == "en":
            return f"{lift:f}{NBSP}{'order' if lift == 1 else 'orders'}"
        is_whole = lift == lift.to_integral_value()
        noun = plural_pl(int(lift), "zamówienia", "zamówień", "zamówień") if is_whole else None
        return f"{lift:f}".replace(".", ",") + f"{NBSP}{noun or 'zamówienia'}"

    def _assumed(self) -> str:
        percent, worth = f"{self.pace.orders_percent:.1f}", ""
        if self.experiment.metric != "orders":
            value = amount_in_words(self.pace.order_value, self.experiment, self.currency, self.to)
            worth = self._say(WORTH[self.experiment.metric], value=value)
        return self._say(
            ASSUMED,
            people=_people(round(self.pace.people)).to(self.to),
            percent=percent.replace(".", ",") if self.to == "pl" else percent,
            worth=worth,
            days=_days(self.experiment.days).to(self.to),
        )

    def _mend(self, needed: int) -> str:
        if needed > MOST_PEOPLE:
            return self._say(TOO_SMALL, people=grouped(MOST_PEOPLE, self.to))
        return self._say(WRITE, people=max(FEWEST_PEOPLE, needed))

    def _arm(self, arm: str) -> str:
        return arm_in_words(arm, self.experiment, self.to)

    def _say(self, words: Words, **told: object) -> str:
        return words.to(self.to).format(**told)


def _weeks(number: int) -> Words:
    return Words(
        counted_en(number, "week", "weeks"), counted_pl(number, "tydzień", "tygodnie", "tygodni")
    )


def _after_weeks(number: int) -> Words:
    return Words(
        counted_en(number, "week", "weeks"),
        counted_pl(number, "tygodniu", "tygodniach", "tygodniach"),
    )


def _people(number: int) -> Words:
    return Words(
        counted_en(number, "person", "people"), counted_pl(number, "osoba", "osoby", "osób")
    )


def _after_people(number: int) -> Words:
    return Words(
        counted_en(number, "person", "people"), counted_pl(number, "osobie", "osobach", "osobach")
    )


def _days(number: int) -> Words:
    return Words(counted_en(number, "day", "days"), counted_pl(number, "dnia", "dni", "dni"))
