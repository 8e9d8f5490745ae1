"""Ways back to a cart with a discount code."""

from urllib.parse import quote


def with_code(way_back: str, code: str) -> str:
    """Put the code in place of the shopper's own coupon: a link holds one, and ours works alone."""
    link, found, query = way_back.partition("/checkout-link/?")
    products = query.partition("&coupon=")[0]
    return f"{link}{found}{products}&coupon={quote(code, safe='')}" if found else way_back
