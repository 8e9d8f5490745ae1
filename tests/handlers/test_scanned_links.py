"""Programs that open the links of a mail. They are redirected like people, but they do not count as
clicks and they change nothing."""

import pytest

from handlers.test_shopper_link import Sent
from support.lambdas import BROWSER, Lambdas
from wracaj.messages.links import Purpose

SCANNERS = {
    "names itself": {"user_agent": "Barracuda Sentinel (EE)"},
    "names nobody": {"user_agent": ""},
    "fetches ahead": {"sec_purpose": "prefetch"},
    "shows a preview": {"user_agent": "WhatsApp/2.24.20.79 A"},
}


@pytest.fixture
def sent(lambdas: Lambdas) -> Sent:
    return Sent(lambdas)


@pytest.mark.parametrize("purpose", Purpose)
def test_head_is_answered_as_get_is_without_a_body_and_changes_nothing(
    lambdas: Lambdas, sent: Sent, purpose: Purpose
) -> None:
    before, path = sent.record_item(), f"/{purpose}/{sent.token(purpose)}"
    head = lambdas.link("HEAD", path)
    assert sent.record_item() == before
    get = lambdas.link("GET", path)
    assert (head["statusCode"], head["headers"], head.get("body", "")) == (
        get["statusCode"],
        get["headers"],
        "",
    )
    assert sent.agrees


@pytest.mark.parametrize("how", SCANNERS.values(), ids=list(SCANNERS))
def test_a_scanner_is_led_to_the_cart_and_clicks_nothing(
    lambdas: Lambdas, sent: Sent, how: dict[str, str]
) -> None:
    answer = lambdas.link("GET", sent.to_cart, **how)
    assert (answer["statusCode"], answer["headers"]["location"]) == (
        302,
        "https://kubek.example/koszyk/12",
    )
    assert "clicks" not in sent.record_item()
    lambdas.link("GET", sent.to_cart)
    assert sent.record_item()["clicks"] == 1


def test_one_that_looks_like_a_person_is_known_by_opening_all_at_once(
    lambdas: Lambdas, sent: Sent
) -> None:
    paths = [sent.to_cart, sent.to_stop, f"/p/{sent.token(Purpose.PREFERENCES)}"]
    assert [lambdas.link("GET", path, user_agent=BROWSER)["statusCode"] for path in paths] == [
        302,
        200,
        200,
    ]
    item = sent.record_item()
    assert (item["clicks"], "clicked_at" in item) == (0, False)


@pytest.mark.parametrize("how", [*SCANNERS.values(), {}], ids=[*SCANNERS, "a person"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_never_unsubscribes(
    lambdas: Lambdas, sent: Sent, method: str, how: dict[str, str]
) -> None:
    lambdas.link(method, sent.to_stop, **how)
    assert sent.agrees


@pytest.mark.parametrize("how", [*SCANNERS.values(), {}], ids=[*SCANNERS, "a person"])
def test_one_click_unsubscribing_stops_whoever_sends_it(
    lambdas: Lambdas, sent: Sent, how: dict[str, str]
) -> None:
    """RFC 8058: mail programs post it from servers of their own, under any name."""
    answer = lambdas.link("POST", sent.to_stop, b"List-Unsubscribe=One-Click", **how)
    assert answer["statusCode"] == 200
    assert not sent.agrees
