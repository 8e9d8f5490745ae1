"""What an item of the table is, by its key."""

import re
from enum import StrEnum

from wracaj.store.long_wait_entries import is_entry
from wracaj.store.table import Item


class Kind(StrEnum):
    # of a cart or an occasion
    CART = "cart"
    MESSAGE = "message"
    PART = "part of a cart"
    LONG_WAIT = "long wait, by the hour in which it ends"
    # of a customer
    WHO = "customer"
    ACCOUNT = "loyalty account"
    ORDER = "order in a history"
    POSTING = "posting of points"
    CONSENT = "line of the consent log"
    GRANT = "reward"
    MARK = "mark of what was announced, or a review"
    POINTER = "pointer to a cart"
    RECORD = "address of an account"
    USED_BY = "address that an account ordered with"
    # of a shop
    STATE = "order"
    CREDITS = "credits of an order"
    CHECKOUT = "checkout"
    CODE = "discount code"
    POOL = "code that waits in a pool"
    LINK = "link in a message"
    LISTED = "customer in the list of a day"
    ENTRY = "entry into an experiment"
    CAMPAIGN = "campaign"
    GATE = "gate of a campaign"
    OTHER = "other"
    # of no shop
    SWEPT = "how far long waits were swept"
    PASSING = "passing"  # true for a moment only, or work that was done since


OF_A_CART = {"CART": Kind.CART, "PAGE": Kind.PART, "PUSH": Kind.PART, "WHY": Kind.PART}
OF_A_CUSTOMER = (
    ("ORDER#", Kind.ORDER),
    ("POINTS#", Kind.POSTING),
    ("CONSENT#", Kind.CONSENT),
    ("GRANT#", Kind.GRANT),
    ("NUDGE#", Kind.MARK),
    ("ANNOUNCED#", Kind.MARK),
    ("CAMPAIGN#", Kind.MARK),
    ("REVIEW#", Kind.MARK),
    ("CART#", Kind.POINTER),
    ("OCCASION#", Kind.POINTER),
    ("RECORD#", Kind.RECORD),
    ("USED_BY#", Kind.USED_BY),
)
# What comes after the shop in the partition's key.
OF_A_SHOP = (
    (r"ALIAS#checkout#", Kind.CHECKOUT),
    (r"CODE#", Kind.CODE),
    (r"POOL#", Kind.POOL),
    (r"DAY#", Kind.LISTED),
    (r"EXPERIMENT#[^#]+#", Kind.ENTRY),
    (r"CAMPAIGNS$", Kind.CAMPAIGN),
    (r"CAMPAIGN#", Kind.GATE),
    (r"RATE#|AUDIENCES$|RFM#", Kind.PASSING),
)
OF_AN_ORDER = {"STATE": Kind.STATE, "CREDITS": Kind.CREDITS}
PARTITION = re.compile(r"SHOP#([^#]+)#(.+)", re.DOTALL)


def shop_of(item: Item) -> str:
    found = PARTITION.match(item["PK"])
    return found[1] if found else str(item.get("shop", ""))


def kind_of(item: Item) -> Kind:
    if item["PK"].startswith("LINK#"):
        return Kind.LINK
    if item["PK"].startswith("LONG_WAITS"):
        return Kind.LONG_WAIT if is_entry(item) else Kind.SWEPT
    found = PARTITION.match(item["PK"])
    rest, sort = found[2] if found else "", str(item["SK"])
    if rest.startswith("CART#"):
        return Kind.MESSAGE if sort.startswith("MESSAGE#") else OF_A_CART.get(sort, Kind.OTHER)
    if rest.startswith("WHO#"):
        return _of_a_customer(sort)
    if rest.startswith("ALIAS#order#"):
        return OF_AN_ORDER.get(sort, Kind.OTHER)
    return next((kind for begins, kind in OF_A_SHOP if re.match(begins, rest)), Kind.OTHER)


def _of_a_customer(sort: str) -> Kind:
    whole = {"WHO": Kind.WHO, "ACCOUNT": Kind.ACCOUNT}
    begun = (kind for begins, kind in OF_A_CUSTOMER if sort.startswith(begins))
    return whole.get(sort) or next(begun, Kind.OTHER)


def holder_of(item: Item) -> str:
    """What the partition is about: an identifier, a cart's id, an order's id, a code."""
    found = PARTITION.match(item["PK"])
    parts = found[2].split("#", 2 if "ALIAS#" in item["PK"] else 1) if found else [""]
    return parts[-1]
