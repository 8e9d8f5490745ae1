"""API Gateway: requests of shops and shoppers as its HTTP API hands them to a function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Json = dict[str, Any]
TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def http_event(
    route: str,
    parameters: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, str],
) -> Json:
    """Return an event in payload format 2.0."""
    method, _, path = route.partition(" ")
    for name, value in parameters.items():
        path = path.replace("{" + name + "}", value)
    told = {name.lower(): value for name, value in headers.items()}
    is_text = told.get("content-type", "").startswith(TEXT)
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}
    event: Json = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "headers": told,
        "requestContext": {
            "http": http | {"userAgent": told.get("user-agent", "")},
            "requestId": "r",
            "routeKey": route,
            "stage": "$default",
        },
        "pathParameters": dict(parameters),
        "isBase64Encoded": bool(body) and not is_text,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body:
        event["body"] = body.decode() if is_text else base64.b64encode(body).decode()
    return event


def route_of(method: str, url: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return route, parameters and query of a link that stands in a message."""
    parts = urlsplit(url)
    _, purpose, token = parts.path.rsplit("/", 2)
    return f"{method} /{purpose}/{{token}}", {"token": token}, dict(parse_qsl(parts.query))


def fault(status: int) -> Json:
    """What API Gateway answers itself: 500 where the function failed, 503 where it was too slow,
    429 where too many came. 504 stands for no answer at all."""
    said = {
        429: "Too Many Requests",
        500: "Internal Server Error",
        503: "Service Unavailable",
        504: "no answer",
    }[status]
    return {"statusCode": status, "headers": {}, "body": json.dumps({"message": said})}
