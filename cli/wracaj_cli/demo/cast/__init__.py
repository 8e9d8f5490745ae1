"""The shoppers of the demo. Each is a short story. To add one, write it in the module that fits,
with the outcome that must follow.

The first two show what the product is for, and they are the first rows of the table. The others are
in groups by time: Monday morning, Monday evening (their mail waits until 9 o'clock), Tuesday
morning. Every line is played at its own minute. During OUTAGE the shops cannot create codes.
"""

from wracaj_cli.demo.cast.agreeing import AGREEING
from wracaj_cli.demo.cast.buying import BUYING
from wracaj_cli.demo.cast.mix_ups import MIX_UPS
from wracaj_cli.demo.cast.one_shopper import ONE_SHOPPER
from wracaj_cli.demo.cast.pitch import PITCH
from wracaj_cli.demo.cast.staying_away import STAYING_AWAY
from wracaj_cli.demo.cast.woocommerce import WOOCOMMERCE
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import At, thu, wed

CAST: tuple[Persona, ...] = (
    *PITCH,
    *STAYING_AWAY,
    *BUYING,
    *ONE_SHOPPER,
    *MIX_UPS,
    *AGREEING,
    *WOOCOMMERCE,
)

OUTAGE: tuple[At, At] = (wed(16, 30), thu(7))
