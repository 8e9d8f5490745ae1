"""Unsubscribes and complaints of an experiment, as a table and sentences."""

from rich.table import Table

from wracaj.experiments.guardrails import Alarm, ArmGuards
from wracaj.language import Locale
from wracaj.text.wording import grouped
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.experiments.words import arm_in_words
from wracaj_cli.outcome_words import Words

COLUMNS = (
    Words("Arm", "Wariant"),
    Words("Unsubscribed", "Wypisało się"),
    Words("Mails", "E-maile"),
    Words("Reported as spam", "Zgłoszono jako spam"),
)
COMPLAINTS = {
    Alarm.WARN: Words(
        "{arm}: {rate} of the mails were reported as spam. Gmail asks shops to stay below 0.1%.",
        "{arm}: {rate} e-maili zgłoszono jako spam. Gmail wymaga, by było ich mniej niż 0,1%.",
    ),
    Alarm.STOP: Words(
        "{arm}: {rate} of the mails were reported as spam. From 0.3% on, Gmail may keep all mails"
        " of the shop out of inboxes. End this experiment.",
        "{arm}: {rate} e-maili zgłoszono jako spam. Od 0,3% Gmail może nie wpuszczać do skrzynek"
        " żadnych e-maili sklepu. Zakończ ten eksperyment.",
    ),
}
UNSUBSCRIBES_DIFFER = Words(
    "More shoppers unsubscribe in one arm than in another; that is hardly chance. Look at its"
    " messages before you go on.",
    "W jednym z wariantów wypisuje się więcej klientów niż w innym i trudno to uznać za przypadek."
    " Zanim pójdziesz dalej, przejrzyj jego wiadomości.",
)
COMPLAINTS_DIFFER = Words(
    "More mails are reported as spam in one arm than in another; that is hardly chance. Look at its"
    " messages before you go on.",
    "W jednym z wariantów zgłoszeń spamu jest więcej niż w innym i trudno to uznać za przypadek."
    " Zanim pójdziesz dalej, przejrzyj jego wiadomości.",
)


TITLE = Words("Unsubscribes and spam reports", "Wypisy i zgłoszenia spamu")


def guards_table(shown: Shown, to: Locale) -> Table:
    table = Table(title=TITLE.to(to), title_justify="left")
    for column in COLUMNS:
        table.add_column(column.to(to), overflow="fold")
    for row in guard_rows(shown, to):
        table.add_row(*row)
    return table


def guard_rows(shown: Shown, to: Locale) -> list[tuple[str, ...]]:
    """Return what COLUMNS say, of each arm. Empty: nobody has entered."""
    if not any(shown.verdict.entered.values()):
        return []
    return [
        (
            arm_in_words(arm, shown.experiment, to),
            _share_of(told.unsubscribed, shown.verdict.entered[arm], to),
            grouped(told.mails, to),
            _complaints(told, to),
        )
        for arm, told in shown.guards.arms.items()
    ]


def guards_in_words(shown: Shown, to: Locale) -> list[str]:
    guards = shown.guards
    lines = [UNSUBSCRIBES_DIFFER.to(to)] if guards.unsubscribes_differ else []
    lines += [COMPLAINTS_DIFFER.to(to)] if guards.complaints_differ else []
    for arm, told in guards.arms.items():
        if alarm := told.complaints:
            rate = _percent(told.complained, told.mails, to)
            lines.append(
                COMPLAINTS[alarm]
                .to(to)
                .format(arm=arm_in_words(arm, shown.experiment, to), rate=rate)
            )
    return lines


def _complaints(told: ArmGuards, to: Locale) -> str:
    return _share_of(told.complained, told.mails, to)


def _share_of(part: int, whole: int, to: Locale) -> str:
    number = grouped(part, to)
    return f"{number} ({_percent(part, whole, to)})" if part and whole else number


def _percent(part: int, whole: int, to: Locale) -> str:
    told = f"{100 * part / whole:.2f}%"
    return told.replace(".", ",") if to == "pl" else told
