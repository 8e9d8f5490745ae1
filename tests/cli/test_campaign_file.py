"""A campaign's file. Each mistake is reported with its key, and harmful values are refused before
anything is stored."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from support.builders import HOUR, NOON, some_settings
from wracaj.consent.channel import Channel
from wracaj.errors import SettingsError
from wracaj.messages.template_mistakes import TemplateError
from wracaj.segments.rfm import Segment
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.campaign import Campaign
from wracaj_cli.campaigns import checks
from wracaj_cli.campaigns.campaign_file import EXAMPLE, CampaignFile, read_campaign
from wracaj_cli.house import ROOT
from wracaj_cli.main import app

GOOD: dict[str, Any] = {
    "campaign": "winter_2026",
    "template": "campaign_season",
    "rate": 300,
    "until": "2026-11-25 20:00",
}
CLUB = {"currency": "PLN", "margin_percent": 20, "tiers": [{"name": "Złoty", "threshold": 500}]}
DAY = 24 * HOUR
FREE = {"free_shipping": True, "valid_days": 7}


def read(folder: Path, **changes: Any) -> CampaignFile:
    file = folder / "campaign.yaml"
    file.write_text(yaml.safe_dump(GOOD | changes, allow_unicode=True), encoding="utf-8")
    return read_campaign(file)


def problems_of(folder: Path, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as refused:
        read(folder, **changes)
    return refused.value.problems


def a_campaign(**changes: Any) -> Campaign:
    told = {
        "id": "winter_2026",
        "template": "campaign_season",
        "rate": 300,
        "begins_at": NOON,
        "until": NOON + 3 * DAY,
    }
    return Campaign.model_validate(told | changes)


def refused(shop: ShopSettings | None = None, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as found:
        checks.check(a_campaign(**changes), shop or some_settings(), NOON)
    return found.value.problems


def a_shop(**changes: Any) -> ShopSettings:
    return some_settings(**({"generic": {"discount_url": "https://kubek.example/codes"}} | changes))


def test_a_file_is_read_with_times_of_the_shop(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        begins="2026-11-20 9:30",
        segments=["loyal", "cannot lose them"],
        not_if_ordered_since="2026-11-01",
    )
    campaign = told.as_campaign(some_settings(), NOON)
    assert campaign.begins_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert campaign.until == datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
    assert campaign.not_if_ordered_since == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert campaign.segments == {Segment.LOYAL, Segment.CANNOT_LOSE}
    assert campaign.channel is Channel.EMAIL


@pytest.mark.parametrize("begins", [{}, {"begins": "now"}])
def test_without_a_beginning_it_begins_now(tmp_path: Path, begins: Any) -> None:
    assert read(tmp_path, **begins).as_campaign(some_settings(), NOON).begins_at == NOON


def test_a_time_with_an_offset_is_taken_as_it_is(tmp_path: Path) -> None:
    until = (
        read(tmp_path, until="2026-11-25T20:00:00+00:00").as_campaign(some_settings(), NOON).until
    )
    assert until == datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"campaign": "Winter 2026"}, "campaign", "winter_2026"),
        ({"campaign": "w" * 31}, "campaign", "up to 30"),
        ({"template": "cart_reminder"}, "template", "begins with campaign_"),
        ({"template": "campaign_../x"}, "template", "begins with campaign_"),
        ({"rate": 0}, "rate", "must be 1 or more"),
        ({"rate": 2001}, "rate", "must be 2000 or less"),
        ({"rate": "fast"}, "rate", "must be a whole number"),
        ({"segments": ["friends"]}, "segments, entry 1", "must be champions, loyal"),
        ({"segments": "loyal"}, "segments", "must be a list"),
        ({"locale": "de"}, "locale", "must be pl or en"),
        ({"begins": "soon"}, "begins", "must be now, or a time such as"),
        ({"until": "later"}, "until", "such as 2026-12-01 10:00"),
        ({"until": None}, "until", "is empty"),
        ({"discount": {"percent": 10}}, "discount.valid_days", "is missing"),
        ({"discount": {"valid_days": 7}}, "discount", "exactly one thing"),
        (
            {"discount": {"percent": 10, "free_shipping": True, "valid_days": 7}},
            "discount",
            "exactly one thing",
        ),
        (
            {"discount": {"free_shipping": "gratis", "valid_days": 7}},
            "discount.free_shipping",
            "must be true or false",
        ),
        (
            {"discount": {"percent": 10, "amount": 20, "currency": "PLN", "valid_days": 7}},
            "discount",
            "exactly one thing",
        ),
        ({"discount": {"amount": 20, "valid_days": 7}}, "discount", "needs its currency"),
        ({"colour": "red"}, "colour", "is not a setting; remove it"),
        (
            {"not_if_ordered": "2026-11-01"},
            "not_if_ordered",
            "did you mean `not_if_ordered_since`?",
        ),
        (
            {"discount": {"percent": 5, "validdays": 7}},
            "discount.validdays",
            "did you mean `valid_days`?",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_key(
    tmp_path: Path, changes: Any, key: str, words: str
) -> None:
    told = dict(problems_of(tmp_path, **changes))
    assert words in told[key]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert [
        key for key, _ in problems_of(tmp_path, rate=0, segments=["friends"], begins="soon")
    ] == [
        "segments, entry 1",
        "rate",
        "begins",
    ]


@pytest.mark.parametrize("text", ["", "- a list", "campaign: [", "just words"])
def test_a_file_that_is_none_is_told_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "campaign.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError):
        read_campaign(file)


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"until": NOON}, "until", "passed already"),
        ({"begins_at": NOON + 4 * DAY}, "until", "later than begins"),
        ({"until": NOON + 93 * DAY}, "until", "more than 92 days"),
        (
            {"begins_at": NOON + 301 * DAY, "until": NOON + 302 * DAY},
            "begins",
            "more than 300 days away",
        ),
        ({"tiers": ["Gold"]}, "tiers", "the shop has none"),
        (
            {"template": "campaign_nowhere"},
            "template",
            "no pl/campaign_nowhere.email.j2, no en/campaign_nowhere.email.j2",
        ),
        ({"channel": "sms"}, "template", "no pl/campaign_season.sms.j2"),
        ({"discount": {"percent": 10, "valid_days": 7}}, "discount", "no code can be created"),
        ({"discount": FREE}, "discount", "no code can be created"),
    ],
)
def test_what_cannot_be_is_refused(changes: Any, key: str, words: str) -> None:
    assert words in dict(refused(**changes))[key]


@pytest.mark.parametrize(
    ("discount", "shop", "words"),
    [
        ({"percent": 25}, {}, "25.00 PLN, more than the margin of 20 %"),
        (
            {"amount": "30", "currency": "PLN"},
            {"discount": {"minimum_total": 100}},
            "30.00 PLN, more than the margin of 20 %",
        ),
        ({"amount": "30", "currency": "PLN"}, {}, "set its minimum_total, to 150.00 at least"),
        ({"amount": "30", "currency": "EUR"}, {}, "counts in PLN"),
        (
            {"free_shipping": True},
            {"economics": {"delivery_cost": 20}, "discount": {"minimum_total": 100}},
            (
                "campaign winter_2026: free delivery 24.60 ÷ 100 × 100 = 24.60 PLN, more than the"
                " margin of 20 %"
            ),
        ),
        (
            {"free_shipping": True},
            {"economics": {"delivery_cost": 20}},
            (
                "gives 1 × free delivery 24.60 = 24.60 PLN, however little is spent for it; set its"
                " minimum_total, to 123.00 at least"
            ),
        ),
    ],
)
def test_an_offer_beyond_the_margin_is_refused_with_the_sum(
    discount: Any, shop: Any, words: str
) -> None:
    told = refused(a_shop(loyalty=CLUB, **shop), discount=discount | {"valid_days": 7})
    assert words in told[0][1]


def test_an_offer_within_the_margin_of_a_tier_that_there_is_may_go() -> None:
    shop = a_shop(loyalty=CLUB, discount={"minimum_total": 100})
    checks.check(
        a_campaign(discount={"amount": "20", "currency": "PLN", "valid_days": 7}, tiers=["Złoty"]),
        shop,
        NOON,
    )
    checks.check(a_campaign(discount={"percent": 20, "valid_days": 7}), shop, NOON)
    checks.check(
        a_campaign(discount={"product_id": "7", "product_title": "Kubek", "valid_days": 7}),
        shop,
        NOON,
    )


@pytest.mark.parametrize(
    ("shop", "discount", "told"),
    [
        ({}, FREE, ["the campaign gives free delivery, and `economics.delivery_cost` is not set"]),
        ({"economics": {"delivery_cost": 12}}, FREE, []),
        ({}, {"percent": 10, "valid_days": 7}, []),
        ({}, None, []),
    ],
)
def test_free_delivery_that_cannot_be_checked_may_go_and_is_told(
    shop: Any, discount: Any, told: list[str]
) -> None:
    known = a_shop(loyalty=CLUB, discount={"minimum_total": 100}, **shop)
    campaign = a_campaign(discount=discount)
    checks.check(campaign, known, NOON)
    cautions = [*checks.cautions(campaign, known)]
    assert [one.partition(":")[0] for one in cautions] == told


def test_a_tier_that_there_is_not_is_told_with_those_there_are() -> None:
    assert refused(a_shop(loyalty=CLUB), tiers=["Gold"]) == [
        ("tiers", "'Gold' is no tier of this shop; there are Złoty")
    ]


def test_a_shop_that_is_switched_off_starts_no_campaign() -> None:
    assert "is switched off" in refused(some_settings(enabled=False))[0][1]


def test_a_mistake_in_a_template_is_told_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise TemplateError(
            "pl/campaign_season.email.j2", 4, "'vuocher' is undefined", "Correct the spelling"
        )

    monkeypatch.setattr(checks, "render", broken)
    with pytest.raises(TemplateError, match="line 4"):
        checks.check(a_campaign(), some_settings(), NOON)


def test_the_example_is_the_one_that_ships_and_can_be_started(tmp_path: Path) -> None:
    file = ROOT / "examples" / "campaigns" / "winter.yaml"
    assert (
        file.read_text(encoding="utf-8")
        == EXAMPLE
        == CliRunner().invoke(app, ["campaign", "example"]).output
    )
    told = read_campaign(file).as_campaign(a_shop(), NOON)
    checks.check(told, a_shop(), NOON)
    assert told.until - NOON < timedelta(days=30)
