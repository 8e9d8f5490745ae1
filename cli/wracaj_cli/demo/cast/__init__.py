"""The shoppers of the demo, each a short story. To add one: write it in the module that fits, and say what must come of it.

Shoppers fall into groups by time, so that neither a small machine nor a reader has all of them at once: a few at 8 on
Monday, for whom nothing comes of it but that the functions are awake for the others, the rest of Monday morning,
Monday evening (their mail waits for 9 o'clock), Tuesday morning. An hour passes in a second: leave an hour or two between
what must not meet, such as an order and the next message. During OUTAGE the shops cannot create discount codes.
"""

from wracaj_cli.demo.cast.agreeing import AGREEING
from wracaj_cli.demo.cast.buying import BUYING
from wracaj_cli.demo.cast.mix_ups import MIX_UPS
from wracaj_cli.demo.cast.one_shopper import ONE_SHOPPER
from wracaj_cli.demo.cast.staying_away import STAYING_AWAY
from wracaj_cli.demo.story import At, Persona, thu, wed

CAST: tuple[Persona, ...] = (*STAYING_AWAY, *BUYING, *ONE_SHOPPER, *MIX_UPS, *AGREEING)

OUTAGE: tuple[At, At] = (wed(16, 30), thu(7))
