"""The channel contract for Messenger, tested against a provider with faults and against Meta's
documented API."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from support import scripted_provider as provider
from support.builders import NOON, a_shop
from support.local_stack import free_port
from support.scripted_provider import Behaviour, Provider, a_provider, answers
from wracaj.channels import OutgoingMessage, channel
from wracaj.consent.channel import Channel
from wracaj.errors import (
    AddressGoneError,
    NotTakenError,
    OutcomeUnknownError,
    RefusedError,
    WindowClosedError,
)
from wracaj.messages.rendering import Rendered
from wracaj.outgoing import meta_graph
from wracaj.settings.shop import Shop
from wracaj_cli.local.fake_meta import FakeMeta, serving

PAGE, ANNA = "100200300400", "2400000000000007"
SECRETS = {"page_token": "EAApage", "app_secret": "5ecret"}
TEXT = Rendered(
    subject="Wróć do koszyka", html=None, text="Cześć, Anna! Twój koszyk czeka: Kubek w kropki."
)
TAKEN = answers(
    200,
    b'{"recipient_id": "2400000000000007", "message_id": "m-1"}',
    Content_Type="application/json",
)


def a_page(url: str, **secrets: str | None) -> Shop:
    shop = a_shop(messenger={"page_id": PAGE, "graph_url": url})
    return shop.model_copy(update={"secrets": shop.secrets.model_copy(update=SECRETS | secrets)})


def send(
    url: str, *, rendered: Rendered = TEXT, secrets: dict[str, str | None] | None = None
) -> str:
    message = OutgoingMessage(
        shop=a_page(url, **secrets or {}),
        to=ANNA,
        rendered=rendered,
        about="5ca1ab1e",
        recovery_link="https://links.example/c/t0ken",
        unsubscribe_link="https://links.example/u/t0ken",
        tags={},
    )
    return channel(Channel.MESSENGER).send(message)


def outcome(url: str, **secrets: str | None) -> type[Exception] | None:
    try:
        send(url, secrets=secrets)
    except Exception as error:
        assert ANNA not in str(error) and "EAApage" not in str(error) and "5ecret" not in str(error)
        return type(error)
    return None


def refusal(status: int, code: int, subcode: int | None = None) -> Behaviour:
    error = {"message": "no", "type": "OAuthException", "code": code} | (
        {"error_subcode": subcode} if subcode else {}
    )
    return answers(status, json.dumps({"error": error}).encode(), Content_Type="application/json")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr(meta_graph, "SECONDS_TO_ANSWER", 3)
    with a_provider() as found:
        yield found


@pytest.fixture
def meta() -> Iterator[FakeMeta]:
    fake = FakeMeta(
        app_secret="5ecret",
        page_token="EAApage",
        pages={PAGE},
        wrote={ANNA: NOON},
        now=lambda: NOON,
    )
    with serving(fake):
        yield fake


def test_a_message_arrives_with_its_button_that_leads_to_the_cart(meta: FakeMeta) -> None:
    assert send(meta.url) == "m_1"
    (sent,) = meta.messages
    assert (sent.to, sent.text, sent.button) == (ANNA, TEXT.text, "Wróć do koszyka")
    assert sent.url == "https://links.example/c/t0ken"
    assert meta.refused == []


def test_a_text_too_long_for_messenger_is_cut_rather_than_refused(meta: FakeMeta) -> None:
    send(
        meta.url,
        rendered=Rendered(
            subject="Wróć do swojego koszyka teraz", html=None, text="Kubek w kropki " * 60
        ),
    )
    (sent,) = meta.messages
    assert len(sent.text) <= 640 and sent.text.endswith("…") and len(sent.button) <= 20


def test_the_day_after_the_shopper_wrote_the_window_is_closed(meta: FakeMeta) -> None:
    meta.now = lambda: NOON + timedelta(hours=24)
    assert outcome(meta.url) is WindowClosedError
    assert meta.messages == []


def test_a_wrong_token_or_secret_is_ours_to_mend(meta: FakeMeta) -> None:
    assert outcome(meta.url, page_token="EAAold") is NotTakenError
    assert outcome(meta.url, page_token=None) is NotTakenError
    assert outcome(meta.url, page_token="EAA\nbroken") is NotTakenError
    # error 100: of the arguments, as the documentation has it
    assert outcome(meta.url, app_secret="another") is RefusedError


def test_whoever_never_wrote_to_the_page_is_nobody(meta: FakeMeta) -> None:
    meta.wrote.clear()
    assert outcome(meta.url) is AddressGoneError


@pytest.mark.parametrize(
    ("status", "code", "subcode", "expected"),
    [
        (400, 10, 2018278, WindowClosedError),
        (400, 10, 2018065, WindowClosedError),
        (400, 100, 2018001, AddressGoneError),
        (400, 551, None, RefusedError),
        (400, 551, 1545041, RefusedError),
        (400, 200, 1545041, RefusedError),
        (400, 100, None, RefusedError),
        (403, 4, None, NotTakenError),
        (400, 17, None, NotTakenError),
        (400, 32, None, NotTakenError),
        (400, 613, None, NotTakenError),
        (400, 80006, None, NotTakenError),
        (400, 1200, None, NotTakenError),
        (400, 190, 463, NotTakenError),
        (403, 10, None, NotTakenError),
        (403, 200, None, NotTakenError),
        (403, 230, None, NotTakenError),
        (400, 368, None, NotTakenError),
        (500, 1, None, OutcomeUnknownError),
        (400, 1, 1357046, OutcomeUnknownError),
        (500, 2, None, OutcomeUnknownError),
        (400, 123456, None, NotTakenError),
        (503, 123456, None, OutcomeUnknownError),
    ],
)
def test_each_error_of_meta_means_one_thing(
    scripted: Provider, status: int, code: int, subcode: int | None, expected: type[Exception]
) -> None:
    scripted.script = [refusal(status, code, subcode)]
    assert outcome(scripted.url) is expected
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("status", "expected"), [(429, NotTakenError), (404, NotTakenError), (502, OutcomeUnknownError)]
)
def test_where_the_answer_says_nothing_its_status_counts(
    scripted: Provider, status: int, expected: type[Exception]
) -> None:
    scripted.script = [answers(status, b"<html>no</html>")]
    assert outcome(scripted.url) is expected


@pytest.mark.parametrize(
    "misbehaves",
    [
        provider.hangs_up,
        provider.says_nothing,
        provider.breaks_off,
        provider.talks_nonsense,
        answers(200, b"<html>welcome to the hotel</html>"),
        answers(200, b'{"recipient_id": "1"}'),
        answers(200),
    ],
)
def test_where_no_answer_comes_after_the_request_was_read_nobody_knows(
    scripted: Provider, misbehaves: Any
) -> None:
    scripted.script = [misbehaves, TAKEN]
    assert outcome(scripted.url) is OutcomeUnknownError
    assert len(scripted.asked) == 1


def test_where_nobody_listens_nothing_was_taken() -> None:
    assert outcome(f"http://127.0.0.1:{free_port()}") is NotTakenError


def test_a_connection_that_died_while_lambda_slept_costs_no_message(scripted: Provider) -> None:
    scripted.script = [TAKEN]
    assert [send(scripted.url) for _ in range(3)] == ["m-1"] * 3
    assert len({asked.connection for asked in scripted.asked}) == 3


def test_the_token_stands_in_no_address(scripted: Provider) -> None:
    """Addresses end up in logs on the way."""
    scripted.script = [TAKEN]
    send(scripted.url)
    (asked,) = scripted.asked
    assert "EAApage" not in asked.path and asked.headers["authorization"] == "Bearer EAApage"
    assert asked.path.startswith(f"/v25.0/{PAGE}/messages?appsecret_proof=")


def test_what_meta_s_copy_refuses_it_really_refuses(meta: FakeMeta) -> None:
    """A copy that takes everything would prove nothing."""
    good: dict[str, Any] = {
        "recipient": {"id": ANNA},
        "messaging_type": "RESPONSE",
        "message": {
            "attachment": {
                "type": "template",
                "payload": {
                    "template_type": "button",
                    "text": "a",
                    "buttons": [{"type": "web_url", "url": "https://a.example", "title": "b"}],
                },
            }
        },
    }
    headers = {"authorization": "Bearer EAApage", "content-type": "application/json"}
    query = f"?appsecret_proof={meta_graph.proof('EAApage', '5ecret')['appsecret_proof']}"

    def status(
        told: Any, path: str = f"/v25.0/{PAGE}/messages", method: str = "POST", **changes: str
    ) -> int:
        return meta.answer(
            method, path + changes.pop("query", query), headers | changes, json.dumps(told).encode()
        )[0]

    assert status(good) == 200
    text = json.dumps(good)
    wrongs: list[Any] = [
        good | {"tag": "CONFIRMED_EVENT_UPDATE"},
        good | {"messaging_type": "UPDATE"},
        {key: value for key, value in good.items() if key != "recipient"},
        json.loads(text.replace('"text": "a"', f'"text": "{"a" * 641}"')),
        json.loads(text.replace('"title": "b"', f'"title": "{"b" * 21}"')),
        json.loads(text.replace("https://a.example", "javascript:alert(1)")),
        [],
    ]
    for wrong in wrongs:
        assert status(wrong) == 400
    assert status(good, path=f"/v25.0/{PAGE}9/messages") == 400
    assert status(good, path=f"/v12.0/{PAGE}/messages") == 400
    assert status(good, query="") == 400
    assert status(good, authorization="Bearer EAAold") == 400
    assert status(good, method="DELETE") == 400
    assert len(meta.messages) == 1
