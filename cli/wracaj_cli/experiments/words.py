"""What an experiment shows, in words, in English and Polish."""

from decimal import Decimal

from wracaj.experiments.verdict import Comparison, Finding
from wracaj.language import Locale
from wracaj.money import NBSP, format_money
from wracaj.settings.experiments import HELD_OUT, TREATED, Experiment
from wracaj.text.wording import counted_en, counted_pl, plural_en, plural_pl
from wracaj_cli.outcome_words import Words

ARMS = {  # of a holdout
    HELD_OUT: Words("no messages", "bez wiadomości"),
    TREATED: Words("messages", "wiadomości"),
}
METRICS = {
    "orders": Words("Ordered", "Zamówiło"),
    "paid": Words("Paid, without tax", "Zapłacono netto"),
    "contribution": Words("Contribution", "Marża po rabatach"),
}
WRONG_SHARES = Words(
    "The arms do not have the shares that they should have, so nothing can be concluded. End this"
    " experiment, and find out what puts shoppers into one of its arms.",
    "Udziały wariantów nie są takie, jak zaplanowano, więc z wyników nic nie wynika. Zakończ ten"
    " eksperyment i sprawdź, co kieruje klientów do jednego z wariantów.",
)
FINDINGS = {
    Finding.TOO_EARLY: Words(
        "Too early: an arm has fewer than 25 people who ordered.",
        "Za wcześnie: w jednym z wariantów zamówiło mniej niż 25 osób.",
    ),
    Finding.ALL_ALIKE: Words(
        "Too early: all shoppers of an arm brought the same so far, so nobody can tell what is"
        " chance.",
        "Za wcześnie: na razie wszyscy klienci w wariancie przynieśli tyle samo, więc nie widać,"
        " co jest przypadkiem.",
    ),
    Finding.TOO_SMALL: Words(
        "Too small to matter: a difference of {lift} for 100 shoppers is ruled out.",
        "Zbyt mało, by miało znaczenie: różnica {lift} na 100 klientów jest wykluczona.",
    ),
    Finding.WOULD_HAVE_SHOWN: Words(
        "A difference of {lift} for 100 shoppers would probably have shown by now.",
        "Różnica {lift} na 100 klientów prawdopodobnie byłaby już widoczna.",
    ),
    Finding.NOT_ENOUGH: Words(
        "Not enough data yet: about {people} are missing{pace}.",
        "Za mało danych: brakuje jeszcze około {people}{pace}.",
    ),
}
IT_PAYS = Words(
    "It pays: {low} to {high} more for 100 shoppers.",
    "To się opłaca: od {low} do {high} więcej na 100 klientów.",
)
IT_COSTS = Words(
    "It costs you: {low} to {high} less for 100 shoppers.",
    "To kosztuje: od {low} do {high} mniej na 100 klientów.",
)
BETTER = Words(
    "Better: {low} to {high} more for 100 shoppers.",
    "Lepiej: od {low} do {high} więcej na 100 klientów.",
)
WORSE = Words(
    "Worse: {low} to {high} less for 100 shoppers.",
    "Gorzej: od {low} do {high} mniej na 100 klientów.",
)


def arm_in_words(arm: str, experiment: Experiment | None, locale: Locale) -> str:
    """Return an arm of a test by its own name. `experiment` None: it is in the settings no more."""
    is_of_a_test = experiment is not None and experiment.arms
    return arm if is_of_a_test or arm not in ARMS else ARMS[arm].to(locale)


def finding_in_words(
    experiment: Experiment, found: Comparison, currency: str, locale: Locale
) -> str:
    """Return the sentence about one arm, for people who decide what to do."""

    def for_a_hundred(value: float) -> str:
        return amount_in_words(100 * value, experiment, currency, locale)

    if found.interval and found.finding is Finding.PAYS:
        words = BETTER if experiment.arms else IT_PAYS
        low, high = found.interval.low, found.interval.high
        return words.to(locale).format(low=for_a_hundred(low), high=for_a_hundred(high))
    if found.interval and found.finding is Finding.COSTS:
        words = WORSE if experiment.arms else IT_COSTS
        low, high = -found.interval.high, -found.interval.low
        return words.to(locale).format(low=for_a_hundred(low), high=for_a_hundred(high))
    return (
        FINDINGS[found.finding]
        .to(locale)
        .format(
            lift=for_a_hundred(float(experiment.smallest_lift) / 100),
            people=_people(found.more_people or 0).to(locale),
            pace=_pace(found.weeks).to(locale),
        )
    )


def _people(more: int) -> Words:
    return Words(
        counted_en(more, "shopper", "shoppers"),
        counted_pl(more, "klienta", "klientów", "klientów"),
    )


def _pace(weeks: int | None) -> Words:
    if weeks is None:
        return Words("", "")
    return Words(
        f", about {weeks} {plural_en(weeks, 'week', 'weeks')} at your pace, often half of that",
        f", w Twoim tempie około {weeks} {plural_pl(weeks, 'tygodnia', 'tygodni', 'tygodni')},"
        " często połowę tego",
    )


def amount_in_words(value: float, experiment: Experiment, currency: str, locale: Locale) -> str:
    """Return orders with one decimal, or an amount of money."""
    if experiment.metric != "orders":
        return format_money(Decimal(f"{value:.2f}"), currency, locale)
    number = f"{value:z.1f}"
    if locale == "pl":
        return f"{number.replace('.', ',')}{NBSP}zamówienia"
    return f"{number}{NBSP}{plural_en(int(value), 'order', 'orders') if value == 1 else 'orders'}"
