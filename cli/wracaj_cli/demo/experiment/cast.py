"""The shoppers of the experiment, on the last days before Christmas.

All leave their carts on 18 December at 10, and enter at 13, when the first mail is due. The mail
with the code is due two days later at 13. What they order counts until 23 December at 13, and their
day is frozen on 26 December at 1. Which of them is held out is drawn from a key that each stack
makes for itself, so a doing says what happens with a mail and what without.
"""

from wracaj_cli.demo.cast.goods import ENGLISH_FERN, FERN, FIG, MONSTERA, POT, SHELF, SOIL, TOOLS
from wracaj_cli.demo.experiment.doings import (
    buys,
    buys_with_code,
    clicks,
    if_written,
    leaves_a_cart,
)
from wracaj_cli.demo.experiment.story import Participant
from wracaj_cli.demo.week import Product
from wracaj_cli.demo.year.doings import cancels, sends_back, unsubscribes
from wracaj_cli.demo.year.story import Doing, Kind, On

LEFT, AN_HOUR_LATER = On(12, 18, 10), On(12, 18, 11)
SAME_DAY, NEXT_DAY, BY_CODE = On(12, 18, 16), On(12, 19, 10), On(12, 20, 16)
RETURNS, TOO_LATE, AFTER_THE_END = On(12, 21, 12), On(12, 24, 12), On(12, 29, 12)


def _all_alike(
    story: str, names: tuple[str, ...], cart: tuple[Product, ...], *does: tuple[On, Doing]
) -> tuple[Participant, ...]:
    script = ((LEFT, leaves_a_cart(*cart)), *does)
    return tuple(Participant(name, story, script) for name in names)


PARTICIPANTS: tuple[Participant, ...] = (
    *_all_alike(
        "Comes back only for a mail.",
        ("Adela Wydra", "Basia Sójka", "Celestyna Kos", "Danuta Rosa"),
        (FERN, POT),
        (SAME_DAY, clicks(Kind.CART)),
        (SAME_DAY, if_written(Kind.CART, buys(FERN, POT))),
    ),
    *_all_alike(
        "Comes back only for a code.",
        ("Fabian Żbik", "Gustaw Łabędź", "Henryk Suseł"),
        (MONSTERA, SOIL),
        (BY_CODE, if_written(Kind.CART_CODE, buys_with_code(MONSTERA, SOIL))),
    ),
    *_all_alike(
        "Buys in any case; if a mail came, by its link.",
        ("Ilona Drozd", "Jacek Perkoz", "Kalina Pszczoła", "Lucjan Dudek"),
        (TOOLS,),
        (NEXT_DAY, clicks(Kind.CART)),
        (NEXT_DAY, buys(TOOLS)),
    ),
    *_all_alike(
        "Buys in any case, and clicks nothing.",
        ("Nela Sikorka", "Oskar Bocian"),
        (SHELF,),
        (NEXT_DAY, buys(SHELF)),
    ),
    *_all_alike(
        "Looks, and leaves again.",
        ("Patryk Gołąb",),
        (FIG,),
        (SAME_DAY, clicks(Kind.CART)),
    ),
    *_all_alike(
        "Never comes back.",
        ("Sabina Mewa", "Tymon Jastrząb"),
        (POT, SOIL),
    ),
    Participant(
        "Weronika Gil",
        "Says stop in the mail, twice: counts once, and gets no code.",
        (
            (LEFT, leaves_a_cart(POT, SOIL)),
            (SAME_DAY, if_written(Kind.CART, unsubscribes(), unsubscribes())),
        ),
    ),
    Participant(
        "Zenobia Kania",
        "Buys two things, and sends one of them back.",
        (
            (LEFT, leaves_a_cart(FIG, POT)),
            (NEXT_DAY, clicks(Kind.CART)),
            (NEXT_DAY, buys(FIG, POT)),
            (RETURNS, sends_back(POT)),
        ),
    ),
    Participant(
        "Ada Kruk",
        "Sends everything back: no order is left.",
        (
            (LEFT, leaves_a_cart(SHELF)),
            (NEXT_DAY, clicks(Kind.CART)),
            (NEXT_DAY, buys(SHELF)),
            (RETURNS, sends_back()),
        ),
    ),
    Participant(
        "Borys Czyżyk",
        "Cancels, and orders again.",
        (
            (LEFT, leaves_a_cart(MONSTERA)),
            (NEXT_DAY, clicks(Kind.CART)),
            (NEXT_DAY, buys(MONSTERA)),
            (On(12, 20, 10), cancels()),
            (RETURNS, buys(MONSTERA, POT)),
        ),
    ),
    Participant(
        "Cyryl Słowik",
        "Sends it back after his day is frozen: a line of its own.",
        (
            (LEFT, leaves_a_cart(FERN)),
            (NEXT_DAY, buys(FERN)),
            (AFTER_THE_END, sends_back()),
        ),
    ),
    Participant(
        "Dominika Jemioła",
        "Clicks at once and buys six days later: credited to nothing, and too late to count.",
        (
            (LEFT, leaves_a_cart(TOOLS, SOIL)),
            (SAME_DAY, clicks(Kind.CART)),
            (TOO_LATE, buys(TOOLS, SOIL)),
        ),
    ),
    Participant(
        "Emma Wren",
        "Pays in euros: an order, and no money in złoty.",
        (
            (LEFT, leaves_a_cart(ENGLISH_FERN)),
            (NEXT_DAY, clicks(Kind.CART)),
            (NEXT_DAY, buys(ENGLISH_FERN)),
        ),
        english=True,
    ),
    Participant(
        "Florian Zięba",
        "Buys before the mail is due: never enters.",
        ((LEFT, leaves_a_cart(SOIL)), (AN_HOUR_LATER, buys(SOIL))),
        enters=False,
    ),
    Participant(
        "Gizela Trznadel",
        "Agreed to nothing: never enters.",
        ((LEFT, leaves_a_cart(POT, agrees=False)), (NEXT_DAY, buys(POT))),
        enters=False,
    ),
)
