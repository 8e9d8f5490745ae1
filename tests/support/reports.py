"""A report for tests: nobody bought and nothing was sent, unless a test says otherwise."""

from datetime import date
from typing import Any

from wracaj.settings.sections import EconomicsSettings
from wracaj_cli.report.figures import Customers
from wracaj_cli.report.reading import Report


def a_report(**changes: Any) -> Report:
    customers = Customers(["2026-11"])
    nothing: dict[str, Any] = {
        "shop": "kubek",
        "name": "Kubek i Spółka",
        "currency": "PLN",
        "main_currency": "PLN",
        "begins": date(2026, 11, 1),
        "until": date(2026, 11, 18),
        "today": None,
        "months": customers.by_month,
        "lifetime": customers.lifetime,
        "segments": [],
        "night": None,
        "sent": [],
        "weeks": [],
        "unreminded": {},
        "prices": EconomicsSettings(),
        "reasons": {},
        "elsewhere": [],
        "experiments": [],
        "looks": {},
    }
    return Report(**(nothing | changes))
