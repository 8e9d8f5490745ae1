"""Shopify's webhooks as one shop reads them."""

from typing import Any

import pytest

from support.webhook_bodies import a_shopify_request, settings_of
from wracaj.errors import PayloadError
from wracaj.platforms import Parsed
from wracaj.platforms.shopify import webhooks as shopify

SETTINGS = settings_of("shopify")


def read(topic: str, body: Any, **headers: str) -> Any:
    return parsed(topic, body, **headers).told


def parsed(topic: str, body: Any, **headers: str) -> Parsed:
    return shopify.parse(a_shopify_request(topic, body, **headers), SETTINGS)


def warned(topic: str, body: Any, **headers: str) -> dict[str, str]:
    return dict(parsed(topic, body, **headers).warnings)


def the_problem(topic: str, body: Any, **headers: str) -> tuple[str, str]:
    with pytest.raises(PayloadError) as refused:
        read(topic, body, **headers)
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]
