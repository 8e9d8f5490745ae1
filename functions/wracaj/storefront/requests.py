"""Requests of scripts in a shop's pages, and the answers to them.

Anybody can send such a request. Its body is JSON sent as text/plain, because such a request needs
no CORS preflight.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wracaj.errors import PayloadError
from wracaj.pages.headers import ALWAYS
from wracaj.settings.shop import ShopSettings
from wracaj.storefront.origins import origin_is_of
from wracaj.text.mistakes import sentence_of_json
from wracaj.text.spelling import did_you_mean

Event = Mapping[str, Any]
Response = dict[str, Any]
Body = TypeVar("Body", bound=BaseModel)


class OriginError(Exception):
    """The requesting page does not belong to the shop."""


class TooLargeError(Exception):
    """The body has too many bytes."""

    @classmethod
    def check(cls, length: int, most: int, what: str) -> None:
        if length > most:
            raise cls(f"{what} may take {most} bytes at most.")


def shop_named_in(event: Event) -> str:
    named: str = (event.get("pathParameters") or {}).get("shop", "")
    return named


def own_origin(shop: ShopSettings, event: Event) -> str:
    """Return the page's origin. Raises OriginError if it is not one of the shop's."""
    origin: str = (event.get("headers") or {}).get("origin", "")
    if not origin_is_of(shop, origin):
        raise OriginError
    return origin


def body_of(event: Event) -> bytes:
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()


def read_body(model: type[Body], body: bytes) -> Body:
    """Raises PayloadError."""
    with problems_by_field(model):
        return model.model_validate(json.loads(body))


@contextmanager
def problems_by_field(model: type[BaseModel]) -> Iterator[None]:
    """Turn what is wrong with a body into PayloadError. It has the fields' names, never their
    values."""
    try:
        yield
    except ValidationError as error:
        problems = error.errors(include_input=False)
        raise PayloadError(
            [(_field(problem["loc"]), _sentence(model, problem)) for problem in problems]
        ) from None
    except (ValueError, RecursionError):
        raise PayloadError([("(body)", "is no JSON")]) from None


def _sentence(model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    key = str(problem["loc"][-1]) if problem["type"] == "extra_forbidden" else ""
    return sentence_of_json(problem) + (did_you_mean(key, model.model_fields) if key else "")


def _field(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "(body)"


def allowing(origin: str, response: Response) -> Response:
    """Return the response with the header by which the page may read it."""
    headers = {"access-control-allow-origin": origin, "vary": "origin"}
    return response | {"headers": response["headers"] | headers}


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """A problem document (RFC 9457)."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return answer(status, told, "application/problem+json")


def unreadable(title: str, error: PayloadError) -> Response:
    errors = [{"field": field, "problem": said} for field, said in error.problems]
    return problem(422, title, "Each problem is in `errors`.", errors=errors)


def no_such_shop() -> Response:
    return problem(404, "There is no such shop", "Check the address that the page posts to.")


def not_the_shops_page() -> Response:
    detail = (
        "Its host must be among the shop's recovery_hosts, or its origin in storefront.origins."
    )
    return problem(403, "This page is not the shop's", detail)


def a_fault_of_ours() -> Response:
    return problem(503, "A fault of ours", "Try again later.")


def answer(status: int, body: Mapping[str, Any], kind: str = "application/json") -> Response:
    headers = ALWAYS | {"content-type": kind, "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, ensure_ascii=False)}
