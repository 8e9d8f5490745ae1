"""The contract of every channel, tested against the emulator and against a provider with faults.

A new member of `Channel` needs a `Case`. Then every test below runs for it.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import ProxyHandler, build_opener

import pytest
from botocore.exceptions import ParamValidationError, SSLError
from botocore.loaders import Loader

from support import scripted_provider as provider
from support.builders import a_shop
from support.local_stack import Emulator, free_port
from support.scripted_provider import Asked, Behaviour, Provider, a_provider, answers
from wracaj.aws import clients
from wracaj.aws.observability import metrics
from wracaj.channels import OutgoingMessage, channel
from wracaj.channels.email import mailbox
from wracaj.channels.outcome import as_send_error
from wracaj.consent.channel import Channel
from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.messages.rendering import Rendered
from wracaj.settings.shop import Shop
from wracaj.web_push.encryption import new_private_key
from wracaj.web_push.subscription import LOOPBACK_SERVICES
from wracaj_cli.local.push_reading import Browser

SHOP_WITHOUT_KEYS = a_shop(
    email={"sender": "Kubek i Spółka <sklep@kubek.example>", "reply_to": "pomoc@kubek.example"},
    sms={"sender_id": "KUBEK", "max_price_usd": "0.07"},
    web_push={
        "contact": "mailto:sklep@kubek.example",
        "icon_url": "https://kubek.example/znak.png",
    },
)
PUSH_KEY = new_private_key()
SHOP = SHOP_WITHOUT_KEYS.model_copy(
    update={"secrets": SHOP_WITHOUT_KEYS.secrets.model_copy(update={"vapid_private_key": PUSH_KEY})}
)
UNSUBSCRIBE = "https://wracaj.example/u/abc"
TAGS = {
    "shop": "kubek",
    "timeline": "abandoned_cart",
    "step": "first_email",
    "message": "00112233445566778899",
}


def xml_error(status: int, code: str) -> Behaviour:
    fault = "Sender" if status < 500 else "Receiver"
    error = f"<Type>{fault}</Type><Code>{code}</Code><Message>no</Message>"
    body = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    return answers(status, body.encode(), Content_Type="text/xml")


def json_error(status: int, code: str) -> Behaviour:
    return answers(
        status, b'{"message": "no"}', Content_Type="application/json", x_amzn_ErrorType=code
    )


def reasoned_error(status: int, code: str) -> Behaviour:
    """As services of AWS JSON 1.0 say it."""
    name, _, reason = code.partition(".")
    told = {"__type": name, "Message": "no, +48600100200"} | ({"Reason": reason} if reason else {})
    return answers(status, json.dumps(told).encode(), Content_Type="application/x-amz-json-1.0")


def strictly_taken(exchange: provider.Exchange) -> None:
    """Takes what the service's own model allows, patterns and lengths included, and
    nothing else."""
    asked = exchange.provider.asked[-1]
    target, told = asked.headers["x-amz-target"], json.loads(asked.body)
    wrong = list(mistakes(told)) if target == "PinpointSMSVoiceV2.SendTextMessage" else [target]
    answer = (
        {"MessageId": "m-1"}
        if not wrong
        else {"__type": "ValidationException", "Reason": "OTHER", "Message": str(wrong)}
    )
    body = json.dumps(answer).encode()
    answers(400 if wrong else 200, body, Content_Type="application/x-amz-json-1.0")(exchange)


@cache
def shapes() -> Any:
    return Loader().load_service_model("pinpoint-sms-voice-v2", "service-2")["shapes"]


def mistakes(told: dict[str, Any]) -> Iterator[str]:
    model = shapes()
    members = model["SendTextMessageRequest"]["members"]
    yield from set(told) - set(members)
    for name, value in told.items():
        shape = model[members[name]["shape"]]
        texts = [(shape, value)]
        if shape["type"] == "map":
            ends = [model[shape[end]["shape"]] for end in ("key", "value")]
            texts = [
                (known, text)
                for pair in value.items()
                for known, text in zip(ends, pair, strict=True)
            ]
            yield from [name] if len(value) > shape["max"] else []
        for known, text in texts:
            size = text if isinstance(text, int) else len(text)
            fits = known.get("min", 0) <= size <= known.get("max", size) and text in known.get(
                "enum", [text]
            )
            if not fits or ("pattern" in known and not re.fullmatch(known["pattern"], text)):
                yield name


def ses_said(asked: Asked) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(asked.body)
    return said


def sns_said(asked: Asked) -> dict[str, Any]:
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True))


def push_error(status: int, code: str) -> Behaviour:
    return answers(status, json.dumps({"reason": code}).encode(), Content_Type="application/json")


def push_said(asked: Asked) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(BROWSER.read(asked.body))
    return payload


def graph_error(status: int, code: str) -> Behaviour:
    """`code`: such as "10/2018278", with its subcode; what is no number, Meta's servers said
    without one."""
    number, _, subcode = code.partition("/")
    told = {"message": "no, anna@example.com", "type": "OAuthException"} | (
        {"code": int(number)} if number.isdecimal() else {}
    )
    body = {"error": told | ({"error_subcode": int(subcode)} if subcode else {})}
    return answers(status, json.dumps(body).encode(), Content_Type="application/json")


def at_meta(url: str) -> Shop:
    told = a_shop(messenger={"page_id": "104857600104857", "graph_url": url})
    secrets = told.secrets.model_copy(update={"page_token": "EAAp", "app_secret": "5ca1ab1e"})
    return told.model_copy(update={"secrets": secrets})


SERVER_ERRORS = (
    (500, "InternalFailure"),
    (502, "BadGateway"),
    (503, "ServiceUnavailable"),
    (504, "GatewayTimeout"),
)


@dataclass(frozen=True)
class Case:
    to: str  # "{url}": of the provider
    rendered: Rendered
    taken: Behaviour
    error: Callable[[int, str], Behaviour]
    said: Callable[[Asked], dict[str, Any]]
    refusals: tuple[tuple[int, str], ...]
    not_taken: tuple[tuple[int, str], ...]
    server_errors: tuple[tuple[int, str], ...] = SERVER_ERRORS
    gone: tuple[tuple[int, str], ...] = ()
    shop: Shop = SHOP
    # of a provider whose address the shop's settings know
    shop_at: Callable[[str], Shop] | None = None
    channel: Channel | None = None  # of a case that is not called by its name

    @property
    def address(self) -> str:
        return self.to.replace("{url}", self.url)

    @property
    def url(self) -> str:
        return os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:1")


END_USER_MESSAGING = "end_user_messaging"
CONFIGURATION_SETS = {
    "WRACAJ_CONFIGURATION_SET": "wracaj-channels",
    "WRACAJ_TRACKING_CONFIGURATION_SET": "wracaj-channels-tracking",
    "WRACAJ_SMS_CONFIGURATION_SET": "wracaj-channels",
}
BROWSER = Browser()
PUBLISHED = (
    b"<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
)
MAIL = Rendered(
    subject="Twój koszyk czeka — wróć", html="<p>Zażółć gęślą jaźń</p>", text="Zażółć gęślą jaźń"
)
CASES: dict[str, Case] = {
    Channel.EMAIL: Case(
        to="anna@example.com",
        rendered=MAIL,
        taken=answers(200, b'{"MessageId": "m-1"}', Content_Type="application/json"),
        error=json_error,
        said=ses_said,
        # An unverified sender, and a recipient that the sandbox does not know, come as
        # MessageRejected.
        refusals=((400, "MessageRejected"), (400, "BadRequestException")),
        not_taken=(
            (429, "TooManyRequestsException"),
            (400, "ThrottlingException"),
            (400, "LimitExceededException"),
            (400, "SendingPausedException"),
            (400, "AccountSuspendedException"),
            (400, "MailFromDomainNotVerifiedException"),
            (404, "NotFoundException"),
            (403, "AccessDeniedException"),
            (403, "ExpiredTokenException"),
        ),
    ),
    Channel.SMS: Case(
        to="+48600100200",
        rendered=Rendered(subject="", html=None, text="Kubek i Spółka: koszyk czeka", segments=1),
        taken=answers(200, PUBLISHED, Content_Type="text/xml"),
        error=xml_error,
        said=sns_said,
        refusals=(
            (400, "InvalidParameter"),
            (400, "InvalidParameterValue"),
            (400, "ParameterValueInvalid"),
            (400, "ValidationException"),
            (400, "ValidationError"),
        ),
        gone=((400, "OptedOut"),),
        not_taken=(
            (400, "Throttling"),
            (429, "Throttled"),
            (403, "AuthorizationError"),
            (403, "InvalidClientTokenId"),
            (404, "NotFound"),
        ),
    ),
    Channel.WEB_PUSH: Case(
        to=json.dumps({"endpoint": "{url}/push/anna@example.com", **BROWSER.keys()}),
        rendered=Rendered(subject="Twój koszyk wciąż tu jest", html=None, text="Zażółć gęślą jaźń"),
        taken=answers(201, Location="https://push.example/message/m-1"),
        error=push_error,
        said=push_said,
        refusals=(
            (301, "Moved"),
            (307, "Moved"),
            (400, "BadRequest"),
            (401, "BadJwtToken"),
            (403, "VapidPkHashMismatch"),
            (413, "TooLarge"),
        ),
        not_taken=((408, "Slow"), (425, "TooEarly"), (429, "TooManyRequests"), (503, "Overloaded")),
        server_errors=(
            (500, "Internal"),
            (502, "BadGateway"),
            (504, "GatewayTimeout"),
            (507, "Full"),
        ),
    ),
    Channel.MESSENGER: Case(
        to="7001002003001",
        rendered=Rendered(subject="Wróć do koszyka", html=None, text="Zażółć gęślą jaźń"),
        taken=answers(
            200,
            b'{"recipient_id": "7001002003001", "message_id": "m-1"}',
            Content_Type="application/json",
        ),
        error=graph_error,
        said=ses_said,
        refusals=((400, "100"), (400, "551"), (400, "200/1545041")),
        gone=((400, "100/2018001"),),
        not_taken=(
            (400, "4"),
            (400, "613"),
            (429, "Slow"),
            (400, "190"),
            (403, "10"),
            (400, "368"),
            (400, "1200"),
        ),
        shop_at=at_meta,
    ),
}
CASES[END_USER_MESSAGING] = Case(
    to="+48600100200",
    rendered=CASES[Channel.SMS].rendered,
    taken=strictly_taken,
    error=reasoned_error,
    said=ses_said,
    refusals=(
        (400, "ValidationException.PRICE_OVER_THRESHOLD"),
        (400, "ValidationException.INVALID_PARAMETER"),
        (400, "ValidationException.DESTINATION_COUNTRY_BLOCKED"),
        (400, "ConflictException.DESTINATION_PHONE_NUMBER_NOT_VERIFIED"),
        (400, "ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"),
    ),
    not_taken=(
        (400, "ThrottlingException"),
        (402, "ServiceQuotaExceededException.MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"),
        (403, "AccessDeniedException.ACCOUNT_DISABLED"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (400, "ConflictException.NO_ORIGINATION_IDENTITIES_FOUND"),
        (400, "ConflictException.REGISTRATION_NOT_COMPLETE"),
        (400, "ValidationException.SENDER_ID_NOT_REGISTERED"),
        (400, "UnrecognizedClientException"),
    ),
    server_errors=(*SERVER_ERRORS, (500, "InternalServerException")),
    gone=((400, "ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT"),),
    shop=a_shop(
        sms={
            "service": "end_user_messaging",
            "origination_identity": "pool-1a2b",
            "max_price_usd": "0.07",
        }
    ),
    channel=Channel.SMS,
)
OF_AWS = {Channel.EMAIL, Channel.SMS, END_USER_MESSAGING}
NOBODY_KNOWS = {
    "hangs up after reading": provider.hangs_up,
    "says nothing": provider.says_nothing,
    "breaks off in its answer": provider.breaks_off,
    "talks nonsense": provider.talks_nonsense,
    "answers 200 with what is no answer": answers(
        200, b"<html>welcome to the hotel</html>", Content_Type="text/html"
    ),
    "answers 200 with nothing": answers(200),
}


def a_message(case: Case, **changes: Any) -> OutgoingMessage:
    told = {
        "shop": case.shop_at(case.url) if case.shop_at else case.shop,
        "to": case.address,
        "rendered": case.rendered,
        "about": "5ca1ab1e",
        "recovery_link": "https://links.example/c/t0ken",
        "unsubscribe_link": UNSUBSCRIBE,
        "tags": TAGS,
    }
    return OutgoingMessage(**(told | changes))


@pytest.fixture(params=list(CASES))
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


@pytest.fixture
def case(name: str) -> Case:
    return CASES[name]


@pytest.fixture
def send(name: str, case: Case) -> Callable[..., str]:
    module = channel(case.channel or Channel(name))
    return lambda **changes: module.send(a_message(case, **changes))


@pytest.fixture
def environment(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    for key, value in (emulator.environment | CONFIGURATION_SETS).items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(clients, "SECONDS_TO_SEND", 3)
    monkeypatch.setattr("wracaj.outgoing.meta_graph.SECONDS_TO_ANSWER", 3)
    monkeypatch.setattr(metrics, "add_metric", lambda **_: None)
    clients.client.cache_clear()
    yield monkeypatch
    clients.client.cache_clear()


@pytest.fixture
def scripted(environment: pytest.MonkeyPatch) -> Iterator[Provider]:
    with a_provider() as found:
        lead_to(found.url, environment)
        yield found


def lead_to(url: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL", url)
    environment.setenv(LOOPBACK_SERVICES, url)


def test_every_channel_that_sends_has_its_case() -> None:
    """Of an audience nothing leaves with the step: test_audience.py."""
    assert set(CASES) == {*Channel, END_USER_MESSAGING} - {Channel.AUDIENCE}


def test_a_message_that_is_taken_gives_the_providers_id(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    scripted.script = [case.taken]
    assert send() == "m-1"
    assert len(scripted.asked) == 1


def outcome(send: Callable[..., str]) -> type[Exception] | None:
    try:
        send()
    except Exception as error:
        assert "anna@example.com" not in str(error) and "600100200" not in str(error)
        return type(error)
    return None


def test_a_refusal_of_this_message_is_for_good(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    for status, code in case.refusals:
        scripted.script = [case.error(status, code)]
        assert outcome(send) is RefusedError, code
    assert len(scripted.asked) == len(case.refusals)


def test_an_address_that_is_gone_says_so(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    for status, code in case.gone:
        scripted.script = [case.error(status, code)]
        assert outcome(send) is AddressGoneError, code
    assert len(scripted.asked) == len(case.gone)


def test_what_was_not_taken_may_be_tried_again_and_is_not_tried_here(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    for status, code in case.not_taken:
        scripted.script = [case.error(status, code)]
        assert outcome(send) is NotTakenError, code
    assert len(scripted.asked) == len(case.not_taken)


def test_a_server_error_may_have_taken_it(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    for status, code in case.server_errors:
        scripted.script = [case.error(status, code)]
        assert outcome(send) is OutcomeUnknownError, code
    assert len(scripted.asked) == len(case.server_errors)


@pytest.mark.parametrize("misbehaves", NOBODY_KNOWS)
def test_where_no_answer_comes_after_the_request_was_read_nobody_knows(
    scripted: Provider, case: Case, send: Callable[..., str], misbehaves: str
) -> None:
    scripted.script = [NOBODY_KNOWS[misbehaves], case.taken]
    assert outcome(send) is OutcomeUnknownError
    assert len(scripted.asked) == 1


def test_where_nobody_listens_nothing_was_taken(
    environment: pytest.MonkeyPatch, case: Case, send: Callable[..., str]
) -> None:
    lead_to(f"http://127.0.0.1:{free_port()}", environment)
    assert outcome(send) is NotTakenError


@pytest.mark.parametrize("name", sorted(OF_AWS))
def test_without_credentials_nothing_was_taken(
    scripted: Provider, environment: pytest.MonkeyPatch, send: Any
) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        environment.delenv(key)
    for key, value in {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": "/none",
        "AWS_CONFIG_FILE": "/none",
    }.items():
        environment.setenv(key, value)
    clients.session.cache_clear()
    assert outcome(send) is NotTakenError
    assert scripted.asked == []


def test_a_connection_that_died_while_lambda_slept_costs_no_message(
    scripted: Provider, case: Case, send: Callable[..., str]
) -> None:
    """A kept connection would be found dead only while the second message is sent: perhaps taken,
    so never sent again."""
    connections: dict[int, int] = {}

    def once_for_each_connection(exchange: provider.Exchange) -> None:
        number = exchange.client_address[1]
        connections[number] = connections.get(number, 0) + 1
        (case.taken if connections[number] == 1 else provider.hangs_up)(exchange)

    scripted.script = [once_for_each_connection]
    assert [send(), send(), send()] == ["m-1"] * 3
    assert len(connections) == 3


def test_a_tls_error_may_come_while_the_answer_is_read(case: Case) -> None:
    with pytest.raises(OutcomeUnknownError), as_send_error({}):
        raise SSLError(endpoint_url="https://email.example", error=OSError("bad record mac"))


def test_a_message_that_is_no_message_is_refused_without_showing_it() -> None:
    with pytest.raises(RefusedError) as refusal, as_send_error({}):
        raise ParamValidationError(
            report="Invalid type for parameter PhoneNumber, value: +48600100200"
        )
    assert "600100200" not in str(refusal.value)


# --- e-mail ---------------------------------------------------------------------------------------


def test_a_mail_says_all_that_mail_programs_and_we_need(scripted: Provider) -> None:
    case = CASES[Channel.EMAIL]
    scripted.script = [case.taken]
    channel(Channel.EMAIL).send(a_message(case))
    said = case.said(scripted.asked[0])
    simple = said["Content"]["Simple"]
    assert {header["Name"]: header["Value"] for header in simple["Headers"]} == {
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert {tag["Name"]: tag["Value"] for tag in said["EmailTags"]} == TAGS
    assert said["ConfigurationSetName"] == "wracaj-channels"
    assert said["FromEmailAddress"] == "=?utf-8?q?Kubek_i_Sp=C3=B3=C5=82ka?= <sklep@kubek.example>"
    assert said["Destination"] == {"ToAddresses": ["anna@example.com"]}
    assert said["ReplyToAddresses"] == ["pomoc@kubek.example"]
    assert simple["Subject"] == {"Data": MAIL.subject, "Charset": "UTF-8"}
    assert simple["Body"] == {
        "Text": {"Data": MAIL.text, "Charset": "UTF-8"},
        "Html": {"Data": MAIL.html, "Charset": "UTF-8"},
    }


def test_opens_and_clicks_are_tracked_only_where_the_shop_says_so(scripted: Provider) -> None:
    """SES tracks what the configuration set publishes."""
    case = CASES[Channel.EMAIL]
    scripted.script = [case.taken]
    for tracks in (False, True):
        shop = a_shop(
            email={"sender": "Kubek <sklep@kubek.example>", "track_opens_and_clicks": tracks}
        )
        channel(Channel.EMAIL).send(a_message(case, shop=shop))
    sets = [case.said(asked)["ConfigurationSetName"] for asked in scripted.asked]
    assert sets == ["wracaj-channels", "wracaj-channels-tracking"]


def test_what_the_shopper_asked_for_is_never_tracked(scripted: Provider) -> None:
    """Its link is a key to their data, or their very consent: it leads through nobody else's
    server."""
    case = CASES[Channel.EMAIL]
    scripted.script = [case.taken]
    shop = a_shop(email={"sender": "Kubek <sklep@kubek.example>", "track_opens_and_clicks": True})
    channel(Channel.EMAIL).send(a_message(case, shop=shop, asked_for=True))
    assert case.said(scripted.asked[0])["ConfigurationSetName"] == "wracaj-channels"


def test_a_mail_of_a_shop_without_an_address_for_answers_names_none(scripted: Provider) -> None:
    case = CASES[Channel.EMAIL]
    scripted.script = [case.taken]
    channel(Channel.EMAIL).send(a_message(case, shop=a_shop()))
    assert "ReplyToAddresses" not in case.said(scripted.asked[0])


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Kubek <s@kubek.example>", "Kubek <s@kubek.example>"),
        (
            "Kubek, Talerz i Synowie <s@kubek.example>",
            '"Kubek, Talerz i Synowie" <s@kubek.example>',
        ),
        ('"Kubek, Talerz" <s@kubek.example>', '"Kubek, Talerz" <s@kubek.example>'),
        ("Kubek (sklep): nowości <s@kubek.example>", None),
        (
            "Sklep @ Kubek; Warszawa <s@kubek.example>",
            '"Sklep @ Kubek; Warszawa" <s@kubek.example>',
        ),
        ("Spółka, Córki & Co. <s@kubek.example>", None),
    ],
)
def test_a_name_with_any_sign_in_it_leaves_the_address_whole(
    written: str, sent: str | None
) -> None:
    assert a_shop(email={"sender": written})
    made = mailbox(written)
    assert made.isascii() and made.endswith("<s@kubek.example>")
    assert sent is None or made == sent


# --- SMS ------------------------------------------------------------------------------------------


def test_an_sms_says_who_sends_it_what_it_may_cost_and_that_it_is_promotion(
    scripted: Provider,
) -> None:
    case = CASES[Channel.SMS]
    scripted.script = [case.taken]
    channel(Channel.SMS).send(a_message(case))
    said = case.said(scripted.asked[0])
    assert (said["PhoneNumber"], said["Message"]) == ("+48600100200", case.rendered.text)
    names = {value: key.rpartition(".")[0] for key, value in said.items() if key.endswith(".Name")}
    attributes = {
        name: (said[f"{entry}.Value.DataType"], said[f"{entry}.Value.StringValue"])
        for name, entry in names.items()
    }
    assert attributes == {
        "AWS.SNS.SMS.SMSType": ("String", "Promotional"),
        "AWS.SNS.SMS.MaxPrice": ("Number", "0.07"),
        "AWS.SNS.SMS.SenderID": ("String", "KUBEK"),
    }


def test_an_sms_price_is_never_written_with_an_exponent(scripted: Provider) -> None:
    case = CASES[Channel.SMS]
    scripted.script = [case.taken]
    channel(Channel.SMS).send(a_message(case, shop=a_shop(sms={"max_price_usd": Decimal("1E-7")})))
    said = case.said(scripted.asked[0])
    assert "0.0000001" in said.values()
    assert not any("SenderID" in value for value in said.values())


# --- the emulator ---------------------------------------------------------------------------------


def on_record(emulator: Emulator, what: str) -> str:
    with build_opener(ProxyHandler({})).open(
        f"{emulator.url}/_ministack/{what}", timeout=60
    ) as response:
        return str(response.read().decode())


@pytest.mark.parametrize("name", sorted(OF_AWS))
def test_a_message_arrives(
    emulator: Emulator, environment: Any, name: str, case: Case, send: Callable[..., str]
) -> None:
    environment.setattr(clients, "SECONDS_TO_SEND", 15)
    addresses = {
        Channel.EMAIL: "ses/messages",
        Channel.SMS: "sns/sms-messages",
        END_USER_MESSAGING: "sns/sms-messages",
    }
    if name == Channel.EMAIL:
        mail = emulator.client("sesv2")
        mail.create_email_identity(EmailIdentity="sklep@kubek.example")
        mail.create_configuration_set(ConfigurationSetName="wracaj-channels")
    provider_id = send()
    record = on_record(emulator, addresses[name])
    assert provider_id and provider_id in record
    assert json.dumps(case.rendered.text)[1:-1] in record
    assert case.to in record


def test_a_sender_that_ses_does_not_know_is_refused(emulator: Emulator, environment: Any) -> None:
    environment.setattr(clients, "SECONDS_TO_SEND", 15)
    with pytest.raises(RefusedError, match="MessageRejected"):
        unknown = a_shop(email={"sender": "Obcy <obcy@stranger.example>"})
        channel(Channel.EMAIL).send(a_message(CASES[Channel.EMAIL], shop=unknown))


# --- SMS by End User Messaging --------------------------------------------------------------------


def test_an_sms_by_end_user_messaging_carries_what_its_receipts_are_known_by(
    scripted: Provider,
) -> None:
    case = CASES[END_USER_MESSAGING]
    scripted.script = [case.taken]
    channel(Channel.SMS).send(a_message(case))
    assert case.said(scripted.asked[0]) == {
        "DestinationPhoneNumber": "+48600100200",
        "OriginationIdentity": "pool-1a2b",
        "MessageBody": case.rendered.text,
        "MessageType": "PROMOTIONAL",
        "ConfigurationSetName": "wracaj-channels",
        "MaxPrice": "0.07000",
        "TimeToLive": 3600,
        "Context": TAGS,
    }


@pytest.mark.parametrize("price", ["0.50", "5", "0.00001"])
def test_any_price_that_settings_allow_is_one_that_the_service_takes(
    scripted: Provider, price: str
) -> None:
    case = CASES[END_USER_MESSAGING]
    scripted.script = [case.taken]
    sms = {"service": "end_user_messaging", "origination_identity": "KUBEK", "max_price_usd": price}
    assert channel(Channel.SMS).send(a_message(case, shop=a_shop(sms=sms))) == "m-1"


def test_the_strict_service_refuses_what_the_real_one_would(scripted: Provider) -> None:
    case = CASES[END_USER_MESSAGING]
    scripted.script = [case.taken]
    for changes in (
        {"to": "600 100 200"},
        {"tags": TAGS | {"step": " "}},
        {"tags": {str(n): "x" for n in range(6)}},
    ):
        with pytest.raises(RefusedError):
            channel(Channel.SMS).send(a_message(case, **changes))
