"""Which carts a public address may speak of.

Whoever knows a cart's id may have reminders of it, with the link back to it, sent to a browser or a
conversation of their own.
"""

SHORTEST = 16
# in the id of what is not a cart, see occasion.py: made of an order's number, which anybody can
# count
OF_AN_OCCASION = "~"


def is_hard_to_guess(cart_id: str) -> bool:
    """Who can count can name other people's carts."""
    return len(cart_id) >= SHORTEST and not cart_id.isdecimal() and OF_AN_OCCASION not in cart_id
