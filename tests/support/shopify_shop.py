"""A Shopify shop on loopback, whose Admin GraphQL API is as strict as the real one.

It holds orders and checkouts as its webhooks write them. It knows the schema, counts what a
question costs, throttles, shows a change only when its search index has it, lists a checkout only
once it is abandoned, and asks for scopes.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from graphql import GraphQLError, GraphQLSchema, graphql_sync, parse, validate

from support.shopify_answers import Answers
from support.shopify_schema import cost_of, objects_in, schema_of
from wracaj.clock import now

TOKEN = "shpat_0123456789abcdef0123456789abcdef"
CLIENT_ID, CLIENT_SECRET = "0123456789abcdef0123456789abcdef", "shpss_0f1e2d3c4b5a6978"
SCOPES = frozenset({"read_orders", "read_customers", "write_discounts"})
MOST_COST = 1000  # of one question
_PATH = re.compile(r"/admin/api/(\d{4}-\d{2})/graphql\.json")
_UPDATED = re.compile(r"updated_at:>='(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)'")

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]


@dataclass
class Bucket:
    """Points of the plan. It fills by the shop's clock, which a test moves."""

    most: float = 2000.0
    a_second: float = 100.0
    points: float = 2000.0
    filled_at: datetime | None = None

    def pays(self, cost: int, at: datetime) -> bool:
        since = (at - self.filled_at).total_seconds() if self.filled_at else 0.0
        self.points, self.filled_at = min(self.most, self.points + since * self.a_second), at
        if cost > self.points:
            return False
        self.points -= cost
        return True

    def gives_back(self, cost: int) -> None:
        """What a question could have cost more than it did."""
        self.points += cost

    def told(self, cost: int) -> Json:
        status = {
            "maximumAvailable": self.most,
            "currentlyAvailable": self.points,
            "restoreRate": self.a_second,
        }
        return {"cost": {"requestedQueryCost": cost, "throttleStatus": status}}


@dataclass
class ShopifyShop:
    url: str = ""
    clock: Callable[[], datetime] = now
    orders: dict[str, Json] = field(default_factory=dict)  # by id, as webhooks write them
    checkouts: dict[str, Json] = field(default_factory=dict)  # by token
    subscribed_at: dict[str, datetime] = field(default_factory=dict)  # customer → opt-in by e-mail
    refused_at: dict[str, datetime] = field(default_factory=dict)
    webhooks: dict[str, Json] = field(default_factory=dict)  # by id
    scopes: frozenset[str] = SCOPES
    shows_customers: bool = True  # by its plan
    index_lag: timedelta = timedelta(0)
    abandoned_after: timedelta = timedelta(minutes=10)
    bucket: Bucket = field(default_factory=Bucket)
    issues: str = ""  # a token of a day; "": the app has one for ever
    asked: list[Json] = field(default_factory=list)
    failures: list[Answer] = field(default_factory=list)  # what the next requests get instead

    def put(self, topic: str, body: Json) -> None:
        """Store what a webhook of this topic says."""
        kind = topic.partition("/")[0]
        if kind == "orders":
            self.orders[str(body["id"])] = body
            for token in filter(None, (body.get("checkout_token"), body.get("cart_token"))):
                self._complete(token, body)
        elif kind == "checkouts":
            self.checkouts[body["token"]] = {**body, "touched_at": body["updated_at"]}
            self._note_opt_in(body)

    def _complete(self, token: str, order: Json) -> None:
        for checkout in self.checkouts.values():
            if token in (checkout["token"], checkout.get("cart_token")):
                checkout["completed_at"] = checkout["updated_at"] = order["created_at"]

    def _note_opt_in(self, body: Json) -> None:
        customer = body.get("customer")
        if customer and body.get("buyer_accepts_marketing") is True:
            at = datetime.fromisoformat(body["updated_at"])
            self.subscribed_at.setdefault(str(customer["id"]), at)

    def fails(self, status: int, answer: Any = None, *, times: int = 1, **headers: str) -> None:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.failures += [(status, told, answer)] * times

    # --- answers ----------------------------------------------------------------------------------

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if self.failures:
            self.asked.append({"path": path})
            return self.failures.pop(0)
        if path == "/admin/oauth/access_token":
            return self._issue(body)
        version = _PATH.fullmatch(path)
        if version is None:
            return 404, {}, {"errors": "Not Found"}
        if headers.get("x-shopify-access-token") != (self.issues or TOKEN):
            return 401, {}, {"errors": "[API] Invalid API key or access token"}
        told = json.loads(body)
        self.asked.append(told)
        return 200, {}, self._executed(schema_of(version[1]), told["query"], told["variables"])

    def _issue(self, body: bytes) -> Answer:
        """The client credentials grant."""
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        self.asked.append({"path": "token"})
        if asked != wanted or not self.issues:
            return 400, {}, {"error": "invalid_client"}
        scope = ",".join(sorted(self.scopes))
        return 200, {}, {"access_token": self.issues, "scope": scope, "expires_in": 86399}

    def _executed(self, schema: GraphQLSchema, question: str, variables: Json) -> Json:
        if wrong := validate(schema, parse(question)):
            return {"errors": [{"message": e.message, "extensions": _code(e)} for e in wrong]}
        cost = cost_of(schema, question, variables)
        if cost > MOST_COST:
            return _error("MAX_COST_EXCEEDED", f"Query cost is {cost}, which exceeds {MOST_COST}")
        if not self.bucket.pays(cost, self.clock()):
            return _error("THROTTLED", "Throttled") | {"extensions": self.bucket.told(cost)}
        done = graphql_sync(schema, question, Answers(self), variable_values=variables)
        self.bucket.gives_back(cost - min(cost, objects_in(done.data)))
        told: Json = {"data": done.data, "extensions": self.bucket.told(cost)}
        errors = [
            {"message": e.message, "path": e.path, "extensions": e.extensions or {}}
            for e in done.errors or ()
        ]
        return told | ({"errors": errors} if errors else {})

    # --- lists ------------------------------------------------------------------------------------

    def page(
        self, rows: list[Json], query: str | None, first: int | None, after: str | None, key: str
    ) -> Json:
        """A page of a list. A cursor holds the key and the id of the row before."""
        if first is None or not 1 <= first <= 250:
            raise _refusal("BAD_REQUEST", "first must be between 1 and 250")
        since = _UPDATED.fullmatch(query or "")
        if query and since is None:
            raise _refusal("BAD_REQUEST", f"{query!r} is no search of this shop")
        earliest = datetime.fromisoformat(since[1]) if since else None
        shown = [row for row in rows if not earliest or _time(row, "updated_at") >= earliest]
        shown.sort(key=lambda row: _place(row, key))
        if after:
            shown = [row for row in shown if _place(row, key) > _decoded(after)]
        nodes = shown[:first]
        more = len(shown) > first
        end = _encoded(_place(nodes[-1], key)) if nodes else None
        info = {"hasNextPage": more, "endCursor": end, "hasPreviousPage": bool(after)}
        return {"nodes": nodes, "pageInfo": info}

    def indexed(self, row: Json) -> bool:
        return _time(row, "updated_at") <= self.clock() - self.index_lag

    def is_abandoned(self, row: Json) -> bool:
        """Once there was a way to write to the shopper, and no order for a while."""
        until = _time(row, "completed_at") if row.get("completed_at") else self.clock()
        waited = until - _time(row, "touched_at") >= self.abandoned_after
        return bool(row.get("email") or row.get("phone")) and waited

    def require(self, scope: str) -> None:
        if scope not in self.scopes:
            raise _refusal("ACCESS_DENIED", f"Access denied. Required access: `{scope}` scope.")


def _time(row: Json, name: str) -> datetime:
    return datetime.fromisoformat(row[name])


def _place(row: Json, key: str) -> tuple[str, int]:
    number = int(row["id"])
    return (_time(row, key).isoformat() if key != "id" else "", number)


def _encoded(place: tuple[str, int]) -> str:
    return base64.b64encode(json.dumps(place).encode()).decode()


def _decoded(cursor: str) -> tuple[str, int]:
    try:
        at, number = json.loads(base64.b64decode(cursor, validate=True))
    except ValueError:
        raise _refusal("BAD_REQUEST", "Invalid cursor for current pagination sort.") from None
    return at, number


def _refusal(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _error(code: str, message: str) -> Json:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _code(error: GraphQLError) -> Json:
    return {"code": "undefinedField"} if "Cannot query field" in error.message else {}


@contextmanager
def a_shopify_shop(**changes: Any) -> Iterator[ShopifyShop]:
    shop = ShopifyShop(**changes)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, answer = shop.answer(self.path, headers, body)
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in (told | {"Content-Length": str(len(raw))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        shop.url = f"http://127.0.0.1:{server.server_port}"
        yield shop
        server.shutdown()
