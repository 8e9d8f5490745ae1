"""How WooCommerce reads the parameters of its REST API. Used by the shop in woocommerce_shop.py."""

import json
import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
MOST_PER_PAGE = 100
# RFC 3339 as WordPress's rest_parse_date takes it: the offset may be missing
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?", re.I)
_ORDER_BY = {"date", "id", "include", "title", "slug", "modified"}
_COUPON_KINDS = {"percent", "fixed_cart", "fixed_product"}
_COUPON_TYPES: dict[str, type] = {
    "code": str,
    "amount": str,
    "discount_type": str,
    "description": str,
    "date_expires": str,
    "individual_use": bool,
    "product_ids": list,
    "usage_limit": int,
    "usage_limit_per_user": int,
    "limit_usage_to_x_items": int,
    "free_shipping": bool,
    "exclude_sale_items": bool,
    "minimum_amount": str,
    "maximum_amount": str,
    "email_restrictions": list,
}
_IGNORED = {"date_expires_gmt"}  # it is read only: the code never expires


class RefusalError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status}}


def _invalid(name: str) -> RefusalError:
    return RefusalError(400, "rest_invalid_param", f"Invalid parameter(s): {name}")


def page_of(
    rows: list[Json], query: dict[str, str], zone: ZoneInfo
) -> tuple[int, dict[str, str], list[Json]]:
    """One page, and the headers that count them. A page behind the last one is empty."""
    per_page = _number(query, "per_page", 10, MOST_PER_PAGE)
    page = _number(query, "page", 1, 10**9)
    left_out = query.get("exclude", "").split(",")
    rows = [row for row in rows if str(row["id"]) not in left_out]
    found = _sorted(_of_status(_modified_within(rows, query, zone), query), query)
    headers = {
        "X-WP-Total": str(len(found)),
        "X-WP-TotalPages": str(math.ceil(len(found) / per_page)),
    }
    first = int(query.get("offset", (page - 1) * per_page))
    shown = found[first : first + per_page]
    names = [name for name in query.get("_fields", "").split(",") if name]
    return 200, headers, [{k: v for k, v in r.items() if not names or k in names} for r in shown]


def _number(query: dict[str, str], name: str, unsaid: int, most: int) -> int:
    value = query.get(name, str(unsaid))
    if not value.isdigit() or not 1 <= int(value) <= most:
        raise _invalid(name)
    return int(value)


def _of_status(rows: list[Json], query: dict[str, str]) -> list[Json]:
    """Unless asked for a status, all are listed, also `checkout-draft`; only the bin is not."""
    wanted = [status for status in query.get("status", "any").split(",") if status]
    if "any" in wanted:
        return [row for row in rows if row["status"] != "trash"]
    return [row for row in rows if row["status"] in wanted]


def _modified_within(rows: list[Json], query: dict[str, str], zone: ZoneInfo) -> list[Json]:
    """A time with an offset is turned into the shop's local time, also where it is then compared
    with GMT times: only a GMT time without an offset works with `dates_are_gmt`."""
    column = "date_modified_gmt" if query.get("dates_are_gmt") in ("true", "1") else "date_modified"
    for name, keeps in (("modified_after", 1), ("modified_before", -1)):
        if name in query:
            limit = _local(query, name, zone)
            rows = [row for row in rows if _sign(row[column], limit) == keeps]
    return rows


def _sign(told: str, limit: datetime) -> int:
    at = datetime.fromisoformat(told)
    return (at > limit) - (at < limit)


def _local(query: dict[str, str], name: str, zone: ZoneInfo) -> datetime:
    if not _DATE.fullmatch(query[name]):
        raise _invalid(name)
    at = datetime.fromisoformat(query[name])
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _sorted(rows: list[Json], query: dict[str, str]) -> list[Json]:
    by, order = query.get("orderby", "date"), query.get("order", "desc")
    if by not in _ORDER_BY:
        raise _invalid("orderby")
    if order not in ("asc", "desc"):
        raise _invalid("order")
    name = {"modified": "date_modified_gmt", "date": "date_created_gmt"}.get(by, "id")
    return sorted(rows, key=lambda row: (row.get(name) or "", row["id"]), reverse=order == "desc")


def coupon_from(body: bytes, zone: ZoneInfo) -> Json:
    """The coupon that a body describes, as the shop stores it."""
    try:
        given = json.loads(body)
    except ValueError:
        raise RefusalError(400, "rest_invalid_json", "Invalid JSON body passed.") from None
    if not isinstance(given, dict) or not given.get("code"):
        raise RefusalError(400, "rest_missing_callback_param", "Missing parameter(s): code")
    for name, value in given.items():
        expected = _COUPON_TYPES.get(name)
        if name not in _IGNORED and (expected is None or not _is_of(value, expected)):
            raise _invalid(name)
    kind = given.get("discount_type", "fixed_cart")
    if kind not in _COUPON_KINDS:
        raise _invalid("discount_type")
    _check_amounts(given, kind)
    kept = {name: value for name, value in given.items() if name not in _IGNORED}
    expires = _expiry(given.get("date_expires"), zone)
    return kept | {"code": given["code"].lower(), "discount_type": kind, **expires}


def _is_of(value: object, expected: type) -> bool:
    return isinstance(value, expected) and (expected is bool or not isinstance(value, bool))


def _check_amounts(given: Json, kind: str) -> None:
    for name in ("amount", "minimum_amount", "maximum_amount"):
        try:
            value = Decimal(given.get(name) or "0")
        except InvalidOperation:
            raise _invalid(name) from None
        if value < 0 or (name == "amount" and kind == "percent" and value > 100):
            raise RefusalError(400, "coupon_invalid_amount", "Invalid discount amount.")


def _expiry(told: str | None, zone: ZoneInfo) -> Json:
    """A time without an offset is the shop's own."""
    if told is None:
        return {"date_expires": None, "date_expires_gmt": None}
    if not _DATE.fullmatch(told):
        raise _invalid("date_expires")
    at = datetime.fromisoformat(told)
    moment = at if at.tzinfo else at.replace(tzinfo=zone)
    local, gmt = (moment.astimezone(where).replace(tzinfo=None) for where in (zone, UTC))
    return {"date_expires": local.isoformat(), "date_expires_gmt": gmt.isoformat()}
