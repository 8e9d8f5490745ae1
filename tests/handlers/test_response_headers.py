"""The headers of every answer. No page passes on its address, and a browser never goes back to
plain HTTP."""

from collections.abc import Callable

import pytest

from handlers.test_shopper_link import Sent
from support.lambdas import Json, Lambdas, a_cart_body
from wracaj.messages.links import Purpose

HTML = "text/html; charset=utf-8"
SHOPPER_PAGES = {"c", "u", "p", "d", "y", "w"}


@pytest.fixture
def sent(lambdas: Lambdas) -> Sent:
    return Sent(lambdas)


def visits(lambdas: Lambdas, sent: Sent) -> dict[str, Json]:
    """Every kind of answer that a shopper may get."""
    good = {str(purpose): f"/{purpose}/{sent.token(purpose)}" for purpose in Purpose}
    told = {f"GET /{page}/": lambdas.link("GET", path) for page, path in good.items()}
    told |= {
        f"GET /{page}/, not ours": lambdas.link("GET", f"/{page}/nonsense")
        for page in SHOPPER_PAGES
    }
    told |= {
        f"POST /{page}/": lambdas.link("POST", path) for page, path in good.items() if page != "c"
    }
    return told


def test_every_page_of_a_shopper_is_private_and_never_plain(lambdas: Lambdas, sent: Sent) -> None:
    told = visits(lambdas, sent)
    assert {name[5] for name in told if name.startswith("GET")} == SHOPPER_PAGES
    for name, answer in told.items():
        headers = answer["headers"]
        assert headers["strict-transport-security"].startswith("max-age="), name
        assert (
            int(headers["strict-transport-security"].removeprefix("max-age=").partition(";")[0])
            >= 365 * 86400
        ), name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["referrer-policy"] == "no-referrer", name
        assert headers["cache-control"] == "no-store", name
        if headers.get("content-type") == HTML:
            policy = headers["content-security-policy"]
            assert (
                "default-src 'none'" in policy
                and "frame-ancestors 'none'" in policy
                and "base-uri 'none'" in policy
            ), name
            assert "script-src" not in policy and "'unsafe-eval'" not in policy, name


def test_a_fault_of_ours_is_as_private(
    lambdas: Lambdas, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WRACAJ_TABLE")
    lambdas.redirect("http://127.0.0.1:1", "DYNAMODB", "SSM")
    answer = lambdas.link("GET", sent.to_stop)
    assert answer["statusCode"] == 503
    assert {"strict-transport-security", "content-security-policy", "referrer-policy"} <= set(
        answer["headers"]
    )


DOORS: dict[str, Callable[[Lambdas, Sent], Json]] = {
    "a webhook": lambda lambdas, sent: lambdas.post(sent.shop, *a_cart_body("generic", "c2")),
    "a webhook of nobody": lambda lambdas, _: lambdas.webhook("generic", "nobody", "{}", {}),
    "a subscription": lambda lambdas, sent: lambdas.push(sent.shop.id, {}),
    "a page's cart": lambda lambdas, sent: lambdas.report_cart(sent.shop.id, {}),
    "a page of another": lambda lambdas, sent: lambdas.push(
        sent.shop.id, {}, origin="https://evil.example"
    ),
    "Meta's webhook": lambda lambdas, sent: lambdas.messenger(sent.shop.id, {}, ""),
}


@pytest.mark.parametrize("ask", DOORS.values(), ids=list(DOORS))
def test_machines_are_told_the_same(
    lambdas: Lambdas, sent: Sent, ask: Callable[[Lambdas, Sent], Json]
) -> None:
    headers = ask(lambdas, sent)["headers"]
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["x-content-type-options"] == "nosniff"
