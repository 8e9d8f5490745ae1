"""Values that people write into a shop's settings, each refused with a sentence that says how to
write it."""

import re
from datetime import time
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from wracaj.consent.channel import TRAITS
from wracaj.hosts import ascii_host
from wracaj.text.plain_numbers import how_to_write, plain_number

_WORD = re.compile(r"[A-Za-z_]+")


def _timing(written: object) -> object:
    """A number, or a word: `wracaj shop put` looks which of them the timeline takes there, as for
    its short file."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return written
    if isinstance(written, str):
        if _WORD.fullmatch(written):
            return str(written)
        if (number := plain_number(written)) is not None:
            return number
        if how := how_to_write(written):
            raise ValueError(f"must be a number, with a point before its decimals; {how}")
    raise ValueError("must be a number, with a point before its decimals, such as 2.5")


CONFIRMED_CHANNELS = tuple(
    channel.value for channel, traits in TRAITS.items() if traits.confirm_template
)
if TYPE_CHECKING:
    ConfirmedChannel = str
else:
    ConfirmedChannel = Literal[CONFIRMED_CHANNELS]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            "is no time zone; write one of the IANA names, such as Europe/Warsaw"
        ) from None
    return name


def _plain_host(written: str) -> str:
    """Letters such as ż are kept as machines write them."""
    host = ascii_host(written) or ""
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) or (
        written.isascii() and host != written
    ):
        raise ValueError(
            "is not a host name; write it alone and in lower case, such as shop.example"
        )
    return host


def _https_or_loopback(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed [ of an IPv6 address
        parts = urlsplit("")
    loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if (
        not parts.hostname
        or not url.isprintable()
        or " " in url
        or not (parts.scheme == "https" or loopback)
    ):
        raise ValueError(
            "is no web address; it must begin with https:// and name a host, such as"
            " https://shop.example"
        )
    return url


MYSHOPIFY = ".myshopify.com"
_SHOPIFY_NAME = r"[a-z0-9][a-z0-9-]{0,59}"
_WHERE_IT_STANDS = "Shopify's admin shows it under Settings, Domains"


def _myshopify_name(written: str) -> str:
    """Every Shopify shop has one, and it never changes; the address that shoppers see
    is another."""
    domain = written.strip().lower()
    if re.fullmatch(_SHOPIFY_NAME + re.escape(MYSHOPIFY), domain):
        return domain
    host, _, path = re.sub(r"^[a-z]+://", "", domain).partition("/")
    host = host.removeprefix("www.")
    if re.fullmatch(_SHOPIFY_NAME + re.escape(MYSHOPIFY), host):
        raise ValueError(f"is a whole address; write only {host}")
    if host == "admin.shopify.com" and (found := re.match(rf"store/({_SHOPIFY_NAME})", path)):
        raise ValueError(f"is the address of the shop's admin; write {found[1]}{MYSHOPIFY}")
    if re.fullmatch(_SHOPIFY_NAME, host):
        raise ValueError(f"is the shop's name alone; write {host}{MYSHOPIFY}")
    if re.fullmatch(r"[^\s/@:]+(\.[^\s/@:]+)+", host):
        raise ValueError(
            f"is not the name by which Shopify knows the shop; write NAME{MYSHOPIFY}:"
            f" {_WHERE_IT_STANDS}"
        )
    raise ValueError(f"is no domain of a Shopify shop; write NAME{MYSHOPIFY}: {_WHERE_IT_STANDS}")


_FIELD_ID = re.compile(r"[A-Za-z0-9_-]{1,60}/[A-Za-z0-9_-]{1,60}")
_META_OF_FIELDS = "_wc_other/"


def _field_id(written: str) -> str:
    """A field's id as `woocommerce_register_additional_checkout_field` takes it."""
    if _FIELD_ID.fullmatch(written.removeprefix(_META_OF_FIELDS)) and written.startswith(
        _META_OF_FIELDS
    ):
        raise ValueError(f"is the key of the meta; write only {written[len(_META_OF_FIELDS) :]}")
    if not _FIELD_ID.fullmatch(written):
        raise ValueError(
            "is no id of an additional checkout field; write it as the shop registers it, such as"
            " wracaj/email-consent"
        )
    return written


CheckoutField = Annotated[str, AfterValidator(_field_id)]
ShopifyDomain = Annotated[str, AfterValidator(_myshopify_name)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Host = Annotated[str, AfterValidator(_plain_host)]
Url = Annotated[str, AfterValidator(_https_or_loopback)]


def _clock_time(value: object) -> object:
    """`9` and `9:00` as people write them."""
    if isinstance(value, str) and value.strip().replace(":", "").isdigit():
        hours, _, minutes = value.strip().partition(":")
        return f"{hours:0>2}:{minutes or '00'}"
    return value


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("is in the shop's time zone already; write it alone, such as 9:00")
    return value


TimelineName = Literal[
    "abandoned_cart",
    "high_value_cart",
    "regular_cart",
    "multichannel_rescue",
    "after_purchase",
    "win_back",
    "welcome",
    "browse_reminder",
    "loyalty",
    "birthday",
    "anniversary",
    "points_expiring",
]
ClockTime = Annotated[time, BeforeValidator(_clock_time), AfterValidator(_without_offset)]
Timing = Annotated[int | float | str, BeforeValidator(_timing)]
