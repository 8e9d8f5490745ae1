"""Requests about shops that do not exist, for each endpoint with a shop in its address."""

from collections.abc import Callable

import pytest

from support.lambdas import Json, Lambdas, unique
from wracaj.aws.unknown_shops import MOST_IN_VAIN

Ask = Callable[[Lambdas, str], Json]
DOORS: dict[str, Ask] = {
    "webhooks": lambda lambdas, shop: lambdas.webhook("generic", shop, "{}", {}),
    "push": lambda lambdas, shop: lambdas.push(shop, {}),
    "page cart": lambda lambdas, shop: lambdas.report_cart(shop, {}),
    "messenger": lambda lambdas, shop: lambdas.messenger(shop, {}, "sha256=0"),
    "messenger, asked": lambda lambdas, shop: lambdas.messenger_asks(
        shop, mode="subscribe", verify_token="x"
    ),
}
each_door = pytest.mark.parametrize("ask", DOORS.values(), ids=list(DOORS))
NO_NAMES = (
    "",
    "Kubek",
    "kubek.example",
    "k" * 41,
    "żółw",
    "kubek/../talerz",
    "%2e%2e",
    "kubek\n",
    "kubek ",
    "🛒",
)


@each_door
def test_a_flood_of_names_costs_few_calls_and_shuts_no_shop_out(
    lambdas: Lambdas, wire: list[str], ask: Ask
) -> None:
    shop = lambdas.register()
    pages = listed_shops(lambdas) // 10 + 1
    wire.clear()
    answers = {ask(lambdas, unique("none"))["statusCode"] for _ in range(5 * MOST_IN_VAIN)}
    assert answers <= {401, 403, 404}
    looked_up, listed = (
        wire.count("AmazonSSM.GetParameter"),
        wire.count("AmazonSSM.GetParametersByPath"),
    )
    assert (looked_up, looked_up + listed) == (MOST_IN_VAIN, len(wire)) and listed <= pages
    assert lambdas.push(shop.id, {}, origin="https://kubek.example")["statusCode"] == 422


@each_door
def test_a_name_that_none_can_have_costs_no_call(
    lambdas: Lambdas, wire: list[str], ask: Ask
) -> None:
    wire.clear()
    assert {ask(lambdas, name)["statusCode"] for name in NO_NAMES} <= {401, 403, 404}
    assert wire == []


@each_door
def test_one_name_again_and_again_is_looked_up_once(
    lambdas: Lambdas, wire: list[str], ask: Ask
) -> None:
    name = unique("none")
    wire.clear()
    for _ in range(30):
        ask(lambdas, name)
    assert wire == ["AmazonSSM.GetParameter"]


def listed_shops(lambdas: Lambdas) -> int:
    pages = (
        lambdas.client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path="/wracaj/handlers/shops")
    )
    return sum(len(page["Parameters"]) for page in pages)
