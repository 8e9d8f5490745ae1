"""Cart ids that a public endpoint accepts.

Anybody who knows a cart's id can have its reminders, with the recovery link, sent to their own
browser or conversation. So ids that can be guessed are refused.
"""

SHORTEST = 16
# in the id of an occasion, see occasion.py: it is made from an order's number, which can be guessed
OF_AN_OCCASION = "~"


def is_hard_to_guess(cart_id: str) -> bool:
    """Whether the id is long enough and not just a number. Consecutive numbers lead to other
    people's carts."""
    return len(cart_id) >= SHORTEST and not cart_id.isdecimal() and OF_AN_OCCASION not in cart_id
