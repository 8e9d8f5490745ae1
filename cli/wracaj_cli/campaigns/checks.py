"""Checks a campaign before its start, because its messages cannot be called back."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from wracaj.errors import SettingsError
from wracaj.language import LOCALES
from wracaj.loyalty.margin import GivenAway, Ladder, Offer, problem_of
from wracaj.loyalty.programme_cost import always_given, of_an_order
from wracaj.messages.rendering import render
from wracaj.messages.template_files import missing_files
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.campaign import Campaign
from wracaj.timelines.steps import Discount
from wracaj_cli.preview import sample_facts
from wracaj_cli.shops.free_delivery import UNCOUNTED
from wracaj_cli.shops.target import Target

LONGEST = timedelta(days=92)
AHEAD = timedelta(days=300)  # because an execution lasts a year at most

Problem = tuple[str, str]


def check(campaign: Campaign, shop: ShopSettings, now: datetime) -> None:
    """Check the campaign. Raises SettingsError or TemplateError."""
    found = [
        *_times(campaign, now),
        *_shop(campaign, shop),
        *_discount(campaign, shop),
        *_texts(campaign),
    ]
    if found:
        raise SettingsError(found)
    for locale in LOCALES:  # raises TemplateError if a template has a mistake
        facts = sample_facts(
            locale, shop, campaign.template, with_code=campaign.discount is not None
        )
        render(campaign.template, campaign.channel, facts)


def _times(campaign: Campaign, now: datetime) -> Iterator[Problem]:
    if campaign.until <= now:
        yield "until", "has passed already; write a later time"
    elif campaign.until <= campaign.begins_at:
        yield "until", "must be later than begins"
    elif campaign.until - campaign.begins_at > LONGEST:
        yield "until", f"is more than {LONGEST.days} days after begins; write an earlier time"
    if campaign.begins_at - now > AHEAD:
        yield "begins", f"is more than {AHEAD.days} days away; start it later"


def _shop(campaign: Campaign, shop: ShopSettings) -> Iterator[Problem]:
    if not shop.enabled:
        yield (
            "(shop)",
            (
                f"{shop.shop!r} is switched off, so nothing would be sent; set `enabled: true` in"
                " its settings first"
            ),
        )
    tiers = {tier.name for tier in shop.loyalty.tiers} if shop.loyalty else set()
    for name in sorted(campaign.tiers - tiers):
        there_are = f"there are {', '.join(sorted(tiers))}" if tiers else "the shop has none"
        yield "tiers", f"{name!r} is no tier of this shop; {there_are}"


def _discount(campaign: Campaign, shop: ShopSettings) -> Iterator[Problem]:
    discount, programme = campaign.discount, shop.loyalty
    if discount is None:
        return
    if (
        shop.discount.source == "shop"
        and shop.platform == "generic"
        and not shop.generic.discount_url
    ):
        fix = (
            "set `generic.discount_url` in the shop's settings, or `discount: { source: pool }` and"
            " upload codes"
        )
        yield "discount", f"no code can be created; {fix}"
    if programme is None or discount.product_id is not None:
        return
    if discount.currency not in {None, programme.currency}:
        yield (
            "discount.currency",
            (
                f"is {discount.currency}, and the shop's programme counts in {programme.currency};"
                " write that"
            ),
        )
        return
    codes, once = _given_away(campaign, discount, shop)
    always = always_given(programme, shop.economics.delivery_cost_with_tax)
    if problem := problem_of(programme.margin_percent, programme.currency, always, codes, once):
        yield "discount", problem


def _given_away(
    campaign: Campaign, discount: Discount, shop: ShopSettings
) -> tuple[list[Offer], list[Ladder]]:
    """Return what the campaign's code gives away, as a share of the order that uses it, or without
    an order that is sure to pay for it."""
    name, minimum = f"campaign {campaign.id}", shop.discount.minimum_total
    if discount.percent:
        return [Offer(f"{name}: {discount.percent} %", Decimal(discount.percent))], []
    is_delivery = discount.free_shipping
    cost = shop.economics.delivery_cost_with_tax if is_delivery else discount.amount
    if cost and minimum:
        return [of_an_order(name, cost, minimum, is_delivery=is_delivery)], []
    told = f"1 × {'free delivery ' if is_delivery else ''}{cost}"
    return [], [[GivenAway(name, told, cost, None, "minimum_total")]] if cost else []


def cautions(campaign: Campaign, shop: ShopSettings) -> Iterator[str]:
    """Yield what could not be checked, for the person who starts the campaign."""
    given = campaign.discount
    if given and given.free_shipping and shop.economics.delivery_cost is None:
        yield UNCOUNTED.format(who="the campaign")


def _texts(campaign: Campaign) -> Iterator[Problem]:
    missing = missing_files(campaign.template, campaign.channel)
    if missing:
        yield (
            "template",
            (
                f"there is no {', no '.join(missing)} in functions/reminder_step/templates; write"
                " it, or name another"
            ),
        )


def check_deployed(target: Target, campaign: Campaign) -> None:
    """Check that the template is deployed, because the functions cannot send one that is only on
    this machine. Raises SettingsError."""
    asked = json.dumps({"template": campaign.template, "channel": str(campaign.channel)})
    answer = target.client("lambda").invoke(FunctionName=target.reminder_step, Payload=asked)
    missing = json.loads(answer["Payload"].read()).get("missing")
    if missing or missing is None:
        what = (
            f"is not deployed yet ({', '.join(missing)})"
            if missing
            else "could not be looked for in what is deployed"
        )
        raise SettingsError(
            [("template", f"{campaign.template} {what}; deploy, then start the campaign")]
        )
