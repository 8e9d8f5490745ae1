"""Writes the words and figures of a report in Polish or English."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wracaj.language import Locale
from wracaj.money import NBSP, format_money
from wracaj.text.wording import day_words, glue, grouped, plural_en, plural_pl
from wracaj_cli.report.polish import POLISH

NOTHING = "–"
Forms = tuple[tuple[str, str], tuple[str, str, str]]  # English, Polish
NOUNS: dict[str, Forms] = {
    "cart": (("cart", "carts"), ("koszyk", "koszyki", "koszyków")),
    "of shoppers": (("shopper", "shoppers"), ("klienta", "klientów", "klientów")),
    "e-mail": (("e-mail", "e-mails"), ("e-mail", "e-maile", "e-maili")),
    "SMS part": (("SMS part", "SMS parts"), ("segment SMS", "segmenty SMS", "segmentów SMS")),
    "months": (("month", "months"), ("miesiąca", "miesięcy", "miesięcy")),
}
_LARGE = {"pl": (("mln", 10**6), ("tys.", 10**3)), "en": (("M", 10**6), ("K", 10**3))}


@dataclass(frozen=True)
class Writer:
    """`currency`: of amounts, unless another one is named."""

    language: Locale
    currency: str

    def say(self, english: str, **values: object) -> str:
        """Return a text with its values. Raises KeyError if its Polish is missing."""
        text = english if self.language == "en" else glue(POLISH[english])
        return text.format(**values) if values else text

    def number(self, value: int) -> str:
        return grouped(value, self.language)

    def counted(self, value: int, noun: str) -> str:
        """Return a number with its noun, such as "5 koszyków"."""
        english, polish = NOUNS[noun]
        word = plural_en(value, *english) if self.language == "en" else plural_pl(value, *polish)
        return f"{self.number(value)}{NBSP}{word}"

    def percent(self, share: Decimal | None) -> str:
        return NOTHING if share is None else f"{self._decimal(f'{share:z.1f}')}%"

    def money(self, amount: Decimal | None, currency: str | None = None) -> str:
        if amount is None:
            return NOTHING
        return format_money(amount, currency or self.currency, self.language)

    def short(self, amount: Decimal) -> str:
        """Return a whole amount for a chart, such as "12 345", "123 tys." or "1,2 mln"."""
        for word, size in _LARGE[self.language]:
            if abs(amount) >= size and (size > 10**3 or abs(amount) >= 10**5):
                digits = self._decimal(f"{amount / size:.{1 if size > 10**3 else 0}f}")
                return f"{digits}{NBSP}{word}" if self.language == "pl" else f"{digits}{word}"
        return self.number(round(amount))

    def day(self, day: date) -> str:
        return f"{day_words(day, self.language)} {day.year}"

    def week(self, monday: date) -> str:
        """Return a short day for a chart: "16.11", "16 Nov"."""
        if self.language == "pl":
            return f"{monday.day}.{monday.month:02d}"
        name = day_words(monday, "en").partition(NBSP)[2]
        return f"{monday.day}{NBSP}{name[:3]}"

    def month(self, month: str) -> str:
        """Return a short month for a chart: "11.26", "Nov 26"."""
        year, number = month.split("-")
        if self.language == "pl":
            return f"{number}.{year[2:]}"
        return (
            f"{day_words(date(2000, int(number), 1), 'en').partition(NBSP)[2][:3]}{NBSP}{year[2:]}"
        )

    def decimal(self, value: float, places: int = 1) -> str:
        return self._decimal(f"{value:z.{places}f}")

    def _decimal(self, digits: str) -> str:
        return digits.replace(".", ",") if self.language == "pl" else digits
