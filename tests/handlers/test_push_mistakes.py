"""The problems that a shop's developer reads if their page sends a wrong body. They use the words
of JSON and not those of a settings file."""

import json
from typing import Any

import pytest

from push_subscribe.asked import Asked
from wracaj.errors import PayloadError
from wracaj_cli.local.push_reading import Browser

SUBSCRIPTION: dict[str, Any] = {
    "endpoint": "https://fcm.googleapis.com/wp/one",
    "keys": Browser().keys(),
}
GOOD: dict[str, Any] = {
    "cart_id": "cart-with-a-long-name",
    "subscription": SUBSCRIPTION,
    "wording": "Przypomnieć Ci o koszyku?",
}


def problems(body: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as refused:
        Asked.read(json.dumps(body).encode())
    return dict(refused.value.problems)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ([], "(body)", "must be an object"),
        ("x", "(body)", "must be an object"),
        (GOOD | {"subscription": "x"}, "subscription", "must be an object"),
        (GOOD | {"subscription": None}, "subscription", "must be an object"),
        (
            GOOD | {"subscription": SUBSCRIPTION | {"keys": []}},
            "subscription.keys",
            "must be an object",
        ),
        (GOOD | {"repeats": 5}, "repeats", "must be an object"),
        ({}, "subscription", "is missing"),
        (GOOD | {"wording": 5}, "wording", "must be text"),
        (GOOD | {"cart_id": ""}, "cart_id", "must not be empty"),
        (GOOD | {"unsubscribe": "perhaps"}, "unsubscribe", "must be true or false"),
        (GOOD | {"foo": 1}, "foo", "is not known: leave it out"),
        (
            GOOD | {"cartId": 1},
            "cartId",
            "is not known: leave it out; did you mean `cart_id`?",
        ),
    ],
)
def test_a_mistake_is_told_in_words_of_json(body: Any, field: str, words: str) -> None:
    assert problems(body)[field] == words


@pytest.mark.parametrize("value", [None, 5, "", "x", [], {}, True, 1.5, ["x"], {"a": 1}])
@pytest.mark.parametrize("field", [*GOOD, "repeats", "unsubscribe", "foo"])
def test_no_mistake_is_told_in_words_of_a_settings_file(field: str, value: Any) -> None:
    try:
        Asked.read(json.dumps(GOOD | {field: value}).encode())
    except PayloadError as refused:
        told = " ".join(problem for _, problem in refused.problems)
        for words in ("section", "indented", "line", "colon", "as it must", "add it"):
            assert words not in told
