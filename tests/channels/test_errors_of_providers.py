"""Every error that an AWS service may return for a send, from its model in botocore, is handled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from wracaj.channels import email, end_user_messaging, sms
from wracaj.channels.outcome import COMMON, Fates, as_send_error
from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError

NEVER_TAKEN = {"OptedOut"}  # of an SMS, though the model names it for other operations only


@dataclass(frozen=True)
class Service:
    name: str
    operation: str
    fates: Fates

    @property
    def model(self) -> dict[str, Any]:
        found: dict[str, Any] = Loader().load_service_model(self.name, "service-2")
        return found

    @property
    def errors(self) -> dict[str, dict[str, Any]]:
        """The shape of each error by the code that the service answers with."""
        shapes = self.model["shapes"]
        named = [error["shape"] for error in self.model["operations"][self.operation]["errors"]]
        return {shapes[name].get("error", {}).get("code", name): shapes[name] for name in named}

    def reasons(self, shape: dict[str, Any]) -> list[str]:
        reason = shape["members"].get("Reason")
        return list(self.model["shapes"][reason["shape"]]["enum"]) if reason else []

    def words(self) -> Iterator[tuple[int, str, str | None]]:
        for code, shape in self.errors.items():
            status = shape.get("error", {}).get("httpStatusCode") or (
                500 if shape.get("fault") else 400
            )
            yield status, code, None
            yield from ((status, code, reason) for reason in self.reasons(shape))


SERVICES = (
    Service("sns", "Publish", sms.FATES),
    Service("sesv2", "SendEmail", email.FATES),
    Service("pinpoint-sms-voice-v2", "SendTextMessage", end_user_messaging.FATES),
)
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def fate(service: Service, status: int, code: str, reason: str | None = None) -> type[Exception]:
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    try:
        with as_send_error(service.fates):
            raise ClientError(response | ({"Reason": reason} if reason else {}), service.operation)
    except Exception as error:
        return type(error)


@each_service
def test_every_error_of_the_model_has_its_line(service: Service) -> None:
    assert set(service.errors) <= set(service.fates)


@each_service
def test_every_line_is_an_error_that_the_service_knows(service: Service) -> None:
    known = {code if reason is None else f"{code}.{reason}" for _, code, reason in service.words()}
    assert set(service.fates) - known <= NEVER_TAKEN
    assert {
        shape.get("error", {}).get("code") for shape in SERVICES[0].model["shapes"].values()
    } >= NEVER_TAKEN


@each_service
def test_every_error_and_every_reason_is_taken_as_one_of_three(service: Service) -> None:
    told = {word: fate(service, *word) for word in service.words()}
    assert set(told.values()) <= {
        NotTakenError,
        RefusedError,
        AddressGoneError,
        OutcomeUnknownError,
    }
    unknown = {code for (_, code, _), found in told.items() if found is OutcomeUnknownError}
    assert unknown == {code for code, shape in service.errors.items() if shape.get("fault")}


@each_service
@pytest.mark.parametrize(
    "code", ["ValidationError", "ValidationException", "InvalidParameterValue"]
)
def test_what_is_not_valid_now_never_will_be(service: Service, code: str) -> None:
    assert fate(service, 400, code) is RefusedError


@each_service
@pytest.mark.parametrize(
    "code",
    [
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "AccessDenied",
        "ExpiredToken",
        "RequestExpired",
        "New",
    ],
)
def test_what_may_be_mended_is_tried_again(service: Service, code: str) -> None:
    assert fate(service, 400, code) is NotTakenError


@each_service
def test_a_refusal_is_one_whatever_status_it_comes_with(service: Service) -> None:
    refused = [
        code
        for code, found in {**COMMON, **service.fates}.items()
        if found is RefusedError and "." not in code
    ]
    assert {fate(service, status, code) for code in refused for status in (400, 403, 404, 413)} == {
        RefusedError
    }


def test_a_reason_goes_before_its_error() -> None:
    messaging = SERVICES[2]
    told = {
        "SENDER_ID_NOT_REGISTERED": NotTakenError,
        "SENDER_ID_REQUIRES_REGISTRATION": NotTakenError,
        "CANNOT_PARSE": RefusedError,
        "A_REASON_OF_NEXT_YEAR": RefusedError,
    }
    assert {reason: fate(messaging, 400, "ValidationException", reason) for reason in told} == told
