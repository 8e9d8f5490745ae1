"""`wracaj cost`: a month priced from the counts that the pages hold."""

import json
import re

import pytest
from typer.testing import CliRunner

from support.sam_template import resources
from wracaj_cli.costs import month as months
from wracaj_cli.costs import prices
from wracaj_cli.costs.bill import MIX, PATHS, Units, priced, used_by
from wracaj_cli.costs.counted import FILE, as_text, read
from wracaj_cli.costs.month import Month, MonthError, bill_of
from wracaj_cli.costs.words import POLISH
from wracaj_cli.house import ROOT
from wracaj_cli.main import app

PAGE = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")


def cost(*arguments: str, code: int = 0) -> str:
    done = CliRunner(env={"COLUMNS": "140"}).invoke(app, ["cost", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def rows(title: str, cells: int) -> list[list[str]]:
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert found and {len(row) for row in found} == {cells}
    return found


def test_the_counts_are_those_that_the_page_shows() -> None:
    """Both are written by `python -m bench costs --write`."""
    known = read()
    asked = {row[0]: Units(float(row[3]), float(row[4])) for row in rows("Requests", 7)}
    assert known.requests == asked
    passed = {row[0]: int(row[2]) for row in rows("State transitions per cart", 4)}
    assert known.transitions == passed
    assert FILE.read_text(encoding="utf-8") == as_text(known)


def test_a_thousand_carts_cost_what_the_page_says() -> None:
    mix = [float(row[5].strip("$")) for row in rows("1,000 carts", 6)[:7]]
    lines = bill_of(Month(1000), read())
    for line, quoted in zip(lines, mix, strict=False):
        assert line.dollars == pytest.approx(quoted, abs=0.0006), line.service


def test_what_is_paid_grows_with_the_carts_and_what_stands_does_not() -> None:
    small, large = bill_of(Month(1000), read()), bill_of(Month(1_000_000), read())
    *services, standing = zip(small, large, strict=True)
    for one, other in services:
        assert other.dollars == pytest.approx(1000 * one.dollars)
    assert standing[0] == standing[1]


def test_orders_mails_and_sms_may_be_told() -> None:
    told = Month(10_000, orders=6_000, emails=100, sms=50, sms_part=0.1, shops=4)
    assert sum(told.courses().values()) == pytest.approx(10_000)
    assert told.courses()["no contact known"] == 4_000  # who ordered has one
    lines = {line.service: line for line in bill_of(told, read())}
    assert lines["e-mails (SES)"].dollars == pytest.approx(100 * prices.MAIL)
    assert lines["SMS"].dollars == pytest.approx(50 * 2 * 0.1)
    assert lines["standing"].units["secrets"] == 6
    usual = Month(10_000).courses()
    assert usual == {name: share * 10 for name, share in MIX.items()}


def test_more_orders_than_carts_are_refused() -> None:
    with pytest.raises(MonthError):
        Month(10, orders=11).courses()
    assert "11 orders of 10 carts" in cost("--carts", "10", "--orders", "11", code=1)


def test_the_table_says_region_and_date_of_the_prices_and_adds_up() -> None:
    told = cost("--carts", "1000000")
    assert prices.REGION in told and "as of November 2026" in told
    dollars = [float(found.replace(",", "")) for found in re.findall(r"\$([\d,]+\.\d\d) │", told)]
    *services, together, without_sms, _ = dollars
    assert len(services) == len(priced(used_by(PATHS[0], read()))) + 2
    assert together == pytest.approx(sum(services), abs=0.06)
    assert without_sms == pytest.approx(together - services[7], abs=0.02)


UNITS = {
    "transitions": prices.TRANSITION,
    "write units": prices.WRITE_UNIT,
    "read units": prices.READ_UNIT,
    "runs": prices.LAMBDA_REQUEST,
    "GB-seconds": prices.LAMBDA_GB_SECOND,
    "queue requests": prices.QUEUE_REQUEST,
    "requests": prices.HTTP_REQUEST,
    "GB": prices.LOG_GB,
    "e-mails": prices.MAIL,
    "SMS": 0,
    "segments": prices.SMS_PART,
    "alarms' metrics": prices.ALARM_METRIC,
    "own metrics": prices.METRIC,
    "secrets": prices.SECRET,
}


def test_what_a_row_shows_is_all_that_it_costs() -> None:
    for line in bill_of(Month(1_000_000), read()):
        shown = sum(number * UNITS[name] for name, number in line.units.items())
        assert line.dollars == pytest.approx(shown), line.service


def test_each_mail_brings_an_event_whose_run_and_units_are_paid_for() -> None:
    some, more = (
        {line.service: line for line in bill_of(Month(1000, emails=emails), read())}
        for emails in (100, 300)
    )
    event = read().requests["delivery event: it arrived"]
    assert more["Lambda"].units["runs"] - some["Lambda"].units["runs"] == pytest.approx(200)
    for name, units in (("write units", event.writes), ("read units", event.reads)):
        more_units = more["DynamoDB"].units[name] - some["DynamoDB"].units[name]
        assert more_units == pytest.approx(200 * units)
    assert more["HTTP API"] == some["HTTP API"]
    dollars = sum(line.dollars for line in more.values()) - sum(
        line.dollars for line in some.values()
    )
    assert 200 * prices.MAIL + 0.0005 < dollars < 200 * prices.MAIL + 0.002


@pytest.mark.parametrize("price", ["inf", "nan", "-1", "1e308"])
def test_what_is_no_price_of_an_sms_is_refused(price: str) -> None:
    done = CliRunner().invoke(app, ["cost", "--carts", "10", "--sms-part", price])
    assert done.exit_code != 0
    assert "sms-part" in done.stderr and "$" not in done.stdout


def test_little_is_not_told_as_nothing() -> None:
    assert "0.01 GB" in cost("--carts", "1000")
    assert "GB: 0,01" in cost("--carts", "1000", "--language", "pl")


def test_it_speaks_polish() -> None:
    told = cost("--carts", "1000000", "--language", "pl")
    assert "Miesiąc, koszyki: 1\u00a0000\u00a0000" in told
    assert "za co się płaci" in told and "bez SMS-ów" in told and "z listopada 2026" in told
    lines = bill_of(Month(1), read())
    words = {line.service for line in lines} | {name for line in lines for name in line.units}
    assert words <= POLISH.keys()


def test_json_has_the_same_for_scripts() -> None:
    told = json.loads(cost("--carts", "1000", "--json"))
    assert (told["region"], told["prices_of"]) == (prices.REGION, prices.AS_OF)
    assert float(told["dollars"]) == pytest.approx(
        sum(float(one["dollars"]) for one in told["services"]), abs=0.05
    )


def test_what_stands_is_what_the_template_has() -> None:
    alarms = resources("AWS::CloudWatch::Alarm").values()
    watched = [
        max(1, len([query for query in alarm.get("Metrics", []) if "MetricStat" in query]))
        for alarm in alarms
    ]
    assert sum(watched) == months.ALARM_METRICS
    assert len(resources("AWS::SecretsManager::Secret")) == months.SECRETS_OF_A_STACK
    assert len(resources("AWS::Lambda::EventSourceMapping")) == months.POLLED_QUEUES
