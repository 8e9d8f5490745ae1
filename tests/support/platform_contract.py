"""Tests that every shop platform must pass. A platform's tests inherit them: `class
TestMyShop(ShopContract)`."""

import copy
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.webhook_bodies import NOW, Json, a_request, raw, settings_of, yeses
from wracaj.consent.channel import Channel
from wracaj.errors import PayloadError, SignatureError
from wracaj.events import CartDeleted, CartUpdated, Contact, Event, OrderPlaced
from wracaj.platforms import Ignored, Parsed, ShopPlatform, WebhookRequest, platform
from wracaj.settings.shop import ShopSettings

GARBAGE: list[Any] = [
    None,
    True,
    0,
    -1,
    10**25,
    1.5,
    "",
    "x",
    "ł\ud800\x00",
    "9" * 400,
    "2026-10-14",
    [],
    [None],
    {},
    {"a": [{}]},
    [[[]]],
]
PRIVATE = "zofia.tajna@poczta.example"


class ShopContract:
    """Each platform says its name, its section of the settings if it needs one, two secrets, a body
    for each of its topics, and where a body keeps its cart's id."""

    name: ClassVar[str]
    section: ClassVar[Json] = {}
    secret: ClassVar[str]
    other_secret: ClassVar[str]
    signature_header: ClassVar[str]
    bodies: ClassVar[dict[str, Json]]
    cart_topic: ClassVar[str]
    order_topic: ClassVar[str]
    own_topics: ClassVar[frozenset[str]] = frozenset()  # of commands of ours, not to subscribe

    def a_body_of_cart(self, cart_id: str) -> Json:
        raise NotImplementedError

    @property
    def shop(self) -> ShopPlatform:
        return platform(self.name)

    @property
    def shop_settings(self) -> ShopSettings:
        return settings_of(self.name, **{self.name: self.section} if self.section else {})

    def signed(self, topic: str, body: bytes) -> WebhookRequest:
        return a_request(body, self.shop.sign(topic, body, self.shop_settings, self.secret, NOW))

    def read(self, topic: str, body: Any) -> tuple[Event, ...] | Ignored:
        return self.parsed(topic, body).told

    def parsed(self, topic: str, body: Any) -> Parsed:
        return self.shop.parse(
            self.signed(topic, body if isinstance(body, bytes) else raw(body)),
            self.shop_settings,
        )

    def events(self, topic: str, body: Any) -> tuple[Event, ...]:
        read = self.read(topic, body)
        assert not isinstance(read, Ignored), read.reason
        return read

    def a_request_of_its_own(self) -> WebhookRequest:
        return self.signed(self.cart_topic, raw(self.bodies[self.cart_topic]))

    # --- signatures

    def test_what_the_shop_signed_is_genuine(self) -> None:
        for topic, body in self.bodies.items():
            self.shop.verify(self.signed(topic, raw(body)), [self.secret])

    def test_header_names_count_in_any_case(self) -> None:
        request = self.a_request_of_its_own()
        for change in (str.upper, str.lower, str.title):
            headers = {change(name): value for name, value in request.headers.items()}
            self.shop.verify(a_request(request.body, headers), [self.secret])
            assert self.shop.parse(a_request(request.body, headers), self.shop_settings)

    def test_while_the_secret_is_changed_both_count(self) -> None:
        request = self.a_request_of_its_own()
        self.shop.verify(request, [self.other_secret, self.secret])
        self.shop.verify(request, [self.secret, self.other_secret])

    def test_another_secret_does_not_count(self) -> None:
        with pytest.raises(SignatureError):
            self.shop.verify(self.a_request_of_its_own(), [self.other_secret])

    @pytest.mark.parametrize("empty", [[], [""], ["", ""], [" "], ["whsec_"]])
    def test_an_empty_secret_never_verifies(self, empty: list[str]) -> None:
        with pytest.raises(SignatureError):
            self.shop.verify(self.a_request_of_its_own(), empty)

    def test_an_empty_secret_beside_a_good_one_changes_nothing(self) -> None:
        self.shop.verify(self.a_request_of_its_own(), ["", self.secret])

    def test_every_bit_of_the_body_is_signed(self) -> None:
        request = self.a_request_of_its_own()
        for bit in range(len(request.body) * 8):
            self.refuse(a_request(_flipped(request.body, bit), request.headers))

    def test_every_bit_of_the_signature_counts(self) -> None:
        request = self.a_request_of_its_own()
        signature = request.headers[self.signature_header].encode()
        for bit in range(len(signature) * 8):
            headers = {
                **request.headers,
                self.signature_header: _flipped(signature, bit).decode("latin-1"),
            }
            self.refuse(a_request(request.body, headers))

    @pytest.mark.parametrize(
        "given_",
        ["", "ł", "v1,ł", "\ud800", "====", "v1", "v1,", ",", " ", "v1,\x00", "A" * 100_000],
    )
    def test_a_signature_that_is_none_is_refused(self, given_: str) -> None:
        request = self.a_request_of_its_own()
        self.refuse(a_request(request.body, {**request.headers, self.signature_header: given_}))

    def test_a_request_without_any_header_is_refused(self) -> None:
        self.refuse(a_request(self.a_request_of_its_own().body))

    def test_random_headers_and_bodies_are_refused_and_break_nothing(self) -> None:
        names = sorted(self.a_request_of_its_own().headers)

        @given(
            headers=st.dictionaries(st.sampled_from(names), st.text()),
            body=st.binary(),
            secrets=st.lists(st.text(), max_size=2),
        )
        def refused(headers: dict[str, str], body: bytes, secrets: list[str]) -> None:
            with pytest.raises(SignatureError):
                self.shop.verify(a_request(body, headers), secrets)

        refused()

    def refuse(self, request: WebhookRequest) -> None:
        with pytest.raises(SignatureError):
            self.shop.verify(request, [self.secret])

    # --- bodies

    def test_every_topic_to_subscribe_is_understood(self) -> None:
        assert set(self.bodies) == set(self.shop.TOPICS) | self.own_topics
        for topic, body in self.bodies.items():
            assert isinstance(self.read(topic, body), tuple), topic

    def test_the_same_webhook_twice_gives_the_same_events(self) -> None:
        for topic, body in self.bodies.items():
            assert self.read(topic, body) == self.read(topic, body)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"[]",
            b'"text"',
            b"{",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a":' * 100_000,
        ],
    )
    def test_a_body_that_is_no_json_object_is_refused(self, body: bytes) -> None:
        with pytest.raises(PayloadError) as refused:
            self.read(self.cart_topic, body)
        assert refused.value.problems[0][0] == "(body)"

    def test_whatever_becomes_of_a_body_it_is_read_ignored_or_refused(self) -> None:
        """It must also be possible to store the events, because their version is the hash of their
        JSON."""

        @settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
        @given(data=st.data())
        def mutated(data: st.DataObject) -> None:
            topic = data.draw(st.sampled_from(sorted(self.bodies)))
            body = copy.deepcopy(self.bodies[topic])
            for _ in range(data.draw(st.integers(1, 3))):
                _mutate(body, data)
            try:
                parsed = self.parsed(topic, body)
            except PayloadError as error:
                assert error.problems
                assert all(field and problem for field, problem in error.problems)
            else:
                assert isinstance(parsed.told, Ignored) or all(
                    event.version for event in parsed.told
                )
                assert all(field and problem for field, problem in parsed.warnings)

        mutated()

    @pytest.mark.parametrize(
        "number", [b"NaN", b"-Infinity", b"9" * 10_000, b"1e99999999999999999999"]
    )
    def test_a_number_that_is_none_costs_only_itself(self, number: bytes) -> None:
        body = raw(self.bodies[self.cart_topic])
        whole = self.parsed(self.cart_topic, body)
        assert (
            self.parsed(self.cart_topic, body.replace(b"{", b'{"x": ' + number + b", ", 1)) == whole
        )
        priced = re.sub(rb'"total(_price)?": "[0-9.]+"', rb'"total\1": ' + number, body)
        parsed = self.parsed(self.cart_topic, priced)
        assert {
            field.rpartition(".")[2].removesuffix("_price") for field, _ in parsed.warnings
        } == {"total"}

    def test_a_body_in_another_encoding_costs_its_letters(self) -> None:
        body = json.dumps(self.bodies[self.cart_topic], ensure_ascii=False).replace(
            "Kubek", "Kubęk"
        )
        told = self.parsed(self.cart_topic, body.encode("cp1250"))
        whole = self.parsed(self.cart_topic, body.encode())
        assert told.warnings == (("(body)", "is not UTF-8: letters that cannot be read are lost"),)
        assert isinstance(told.told, tuple)
        assert isinstance(whole.told, tuple)
        assert [type(event) for event in told.told] == [type(event) for event in whole.told]

    def test_no_refusal_repeats_what_may_be_personal(self) -> None:
        for topic, body in self.bodies.items():
            for path in _paths(body):
                for secretive in (PRIVATE, {PRIVATE: PRIVATE}, [PRIVATE]):
                    changed = copy.deepcopy(body)
                    _put(changed, path, secretive)
                    assert PRIVATE not in self.refusal(topic, changed)

    def refusal(self, topic: str, body: Json) -> str:
        try:
            return str(self.parsed(topic, body).warnings)
        except PayloadError as error:
            return str(error)

    # --- meaning

    def test_ids_are_read_whole(self) -> None:
        events = [
            self.events(self.cart_topic, self.a_body_of_cart(cart_id)) for cart_id in ("12", "123")
        ]
        assert [cart.cart_id for (cart,) in events if isinstance(cart, CartUpdated)] == [
            "12",
            "123",
        ]

    def test_a_cart_and_its_order_meet_under_one_id(self) -> None:
        (cart, *_), (order, *_) = (
            self.events(topic, self.bodies[topic]) for topic in (self.cart_topic, self.order_topic)
        )
        assert isinstance(cart, CartUpdated)
        assert isinstance(order, OrderPlaced)
        assert cart.cart_id in order.cart_ids

    def test_a_payload_without_consent_never_says_yes(self) -> None:
        topic, body = self.shop.test_event(self.shop_settings, NOW, "ktos@poczta.example")
        (cart,) = self.events(topic, body)
        assert isinstance(cart, CartUpdated)
        assert yeses(cart) == {}

    def test_the_test_event_is_a_signed_checkout_with_one_item_and_a_way_back(self) -> None:
        at = NOW - timedelta(minutes=3)
        topic, body = self.shop.test_event(self.shop_settings, at, "ktos@poczta.example")
        request = self.signed(topic, raw(body))
        self.shop.verify(request, [self.secret])
        (cart,) = self.events(topic, body)
        assert isinstance(cart, CartUpdated)
        assert (cart.at, cart.created_at) == (at, at)
        assert cart.contact == Contact(email="ktos@poczta.example", locale="pl")
        assert cart.content is not None
        assert len(cart.content.items) == 1
        assert self.shop_settings.allows_recovery_to(cart.content.recovery_url)

    def test_the_shopper_of_a_test_event_agrees_to_mails_where_that_is_wanted_and_to_nothing_else(
        self,
    ) -> None:
        topic, body = self.shop.test_event(
            self.shop_settings, NOW, "ktos@poczta.example", agrees=True, total="250.00"
        )
        (cart,) = self.events(topic, body)
        assert isinstance(cart, CartUpdated)
        assert set(yeses(cart)) == {Channel.EMAIL}
        assert cart.content is not None
        assert (cart.content.total, cart.content.currency) == (
            Decimal("250.00"),
            self.shop_settings.main_currency,
        )

    def test_two_test_events_are_two_carts(self) -> None:
        bodies = [
            self.shop.test_event(self.shop_settings, NOW + timedelta(seconds=step), "a@b.example")
            for step in (0, 1)
        ]
        carts = [event for topic, body in bodies for event in self.events(topic, body)]
        assert (
            len({cart.cart_id for cart in carts if isinstance(cart, CartUpdated | CartDeleted)})
            == 2
        )


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    below = [path for key, child in children for path in _paths(child, (*before, key))]
    return [before, *below] if before else below


def _put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def _mutate(body: Json, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(body) or [("new",)]))
    if data.draw(st.booleans()):
        _put(body, path, copy.deepcopy(data.draw(st.sampled_from(GARBAGE))))
        return
    parent: Any = body
    for key in path[:-1]:
        parent = parent[key]
    if isinstance(parent, list) or path[-1] in parent:
        del parent[path[-1]]
