"""The regular customers, each a year of orders and what must come of it.

To check a row: thanks come an hour after an order, once the invitation three days after that, the request for a review after
14, and after 21 what others bought with it, where two orders did (only FERN and POT, from 20 March on). What the club gives
comes 15 days after the order (see examples/shops/club.yaml), and without another order a word after 30, 60, 90, 120 and 180
days, the last four with a code. Points are good until the end of the ninth month after an order, and their end is told 30
days before, on the first of a month. All but what the club gives and tells ends with the next order. Two mails keep 12 hours
of distance, and what waits over night goes out at 9.
"""

from wracaj_cli.demo.cast.goods import ENGLISH_FERN, FERN, FIG, MONSTERA, POT, SHELF, SOIL, TOOLS
from wracaj_cli.demo.year.doings import buys, cancels, fills_a_cart, reviews, sends_back, subscribes, tells_birthday, unsubscribes
from wracaj_cli.demo.year.story import Kind, On, Regular

WELCOME, THANKS, INVITATION, REVIEW, RECOMMENDED = Kind.WELCOME, Kind.THANKS, Kind.INVITATION, Kind.REVIEW, Kind.RECOMMENDED
REWARD, NUDGE, CART, BIRTHDAY, EXPIRING = Kind.REWARD, Kind.NUDGE, Kind.CART, Kind.BIRTHDAY, Kind.EXPIRING
S30, S60, S90, S120, S180 = Kind.SILENT_30, Kind.SILENT_60, Kind.SILENT_90, Kind.SILENT_120, Kind.SILENT_180

REGULARS: tuple[Regular, ...] = (
    Regular(
        "Aldona Wierzba", "Subscribes, buys with the welcome code, and climbs to the highest tier by autumn.",
        (
            (On(1, 8, 11), subscribes()),
            (On(1, 10), buys(MONSTERA, POT, code_of=WELCOME)),
            (On(2, 6), buys(FIG, code_of=REWARD)),
            (On(3, 20), buys(FERN, POT)),
            (On(5, 15), buys(SHELF)),
            (On(9, 10), buys(SHELF, TOOLS)),
            (On(11, 14), buys(FIG, code_of=S60)),
        ),
        (
            (On(1, 8), WELCOME), (On(1, 10), THANKS), (On(1, 13), INVITATION), (On(1, 24), REVIEW), (On(1, 25), REWARD),
            (On(2, 6), THANKS), (On(2, 20), REVIEW), (On(2, 21), REWARD), (On(3, 8), S30),
            (On(3, 20), THANKS), (On(4, 3), REVIEW), (On(4, 4), REWARD), (On(4, 19), S30),
            (On(5, 15), THANKS), (On(5, 29), REVIEW), (On(5, 30), REWARD), (On(6, 14), S30), (On(7, 14), S60), (On(8, 13), S90),
            (On(9, 10), THANKS), (On(9, 24), REVIEW), (On(9, 25), REWARD), (On(10, 10), S30), (On(11, 9), S60),
            (On(11, 14), THANKS), (On(11, 28), REVIEW), (On(11, 29), REWARD), (On(12, 14), S30),
        ),
        points=529, tier="Złoty",
        says={On(2, 21): "25 zł", On(4, 4): "Srebrny", On(9, 25): "Złoty"},
    ),
    Regular(
        "Bogdan Cis", "Falls silent after one order; the fifth word, with 15 %, brings him back. His old points expire.",
        (
            (On(1, 15), buys(MONSTERA, agrees=True)),
            (On(7, 18), buys(FERN, POT, code_of=S180)),
        ),
        (
            (On(1, 15), THANKS), (On(1, 18), INVITATION), (On(1, 29), REVIEW), (On(1, 30), REWARD),
            (On(2, 14), S30), (On(3, 16), S60), (On(4, 15), S90), (On(5, 15), S120), (On(7, 14), S180),
            (On(7, 18), THANKS), (On(8, 1), REVIEW), (On(8, 17), S30), (On(9, 16), S60),
            (On(10, 1), EXPIRING), (On(10, 16), S90), (On(11, 15), S120),
        ),
        points=96, tier=None,
        says={On(3, 16): "5%", On(7, 14): "15%", On(10, 1): "129"},
    ),
    Regular(
        "Cecylia Jawor", "Is told that 26,50 zł are missing to a reward, and buys a pot.",
        (
            (On(3, 3), buys(FIG, agrees=True)),
            (On(3, 10), buys(SOIL)),
            (On(3, 27), buys(POT)),
            (On(6, 27), buys(MONSTERA, code_of=S90)),
        ),
        (
            (On(3, 3), THANKS), (On(3, 6), INVITATION), (On(3, 10), THANKS), (On(3, 18), REWARD), (On(3, 24), REVIEW),
            (On(3, 25), NUDGE), (On(3, 27), THANKS), (On(4, 10), REVIEW), (On(4, 11), REWARD), (On(4, 17), RECOMMENDED),
            (On(4, 26), S30), (On(5, 26), S60), (On(6, 25), S90),
            (On(6, 27), THANKS), (On(7, 11), REVIEW), (On(7, 12), REWARD),
            (On(7, 27), S30), (On(8, 26), S60), (On(9, 25), S90), (On(10, 25), S120), (On(12, 1), EXPIRING), (On(12, 24), S180),
        ),
        points=688, tier="Srebrny",
        says={
            On(3, 18): "Konewka miniaturka", On(3, 25): "26,50 zł", On(4, 11): "25 zł", On(4, 17): "Paprotka Boston",
            On(7, 12): "Srebrny", On(12, 1): "422",
        },
    ),
    Regular(
        "Damian Klon", "Sends things back: before a reward, in part, and after a reward. Nothing is asked about what went back.",
        (
            (On(4, 7), buys(SHELF, agrees=True)),
            (On(4, 15), sends_back()),
            (On(5, 20), buys(FIG, MONSTERA)),
            (On(6, 1), sends_back(FIG)),
            (On(6, 25), buys(POT, POT, POT)),
            (On(8, 30), buys(SHELF, code_of=S60)),
            (On(9, 20), sends_back()),
        ),
        (
            (On(4, 7), THANKS), (On(4, 10), INVITATION), (On(5, 7), S30),
            (On(5, 20), THANKS), (On(6, 3), REVIEW), (On(6, 4), REWARD), (On(6, 19), S30),
            (On(6, 25), THANKS), (On(7, 9), REVIEW), (On(7, 16), RECOMMENDED), (On(7, 25), S30), (On(8, 24), S60),
            (On(8, 30), THANKS), (On(9, 13), REVIEW), (On(9, 14), REWARD),
            (On(9, 29), S30), (On(10, 29), S60), (On(11, 28), S90), (On(12, 28), S120),
        ),
        points=278, tier=None,
    ),
    Regular(
        "Eliza Brzoza", "Cancels her first order, comes back, and unsubscribes: her last order counts, and brings no word.",
        (
            (On(5, 4, 10), buys(MONSTERA, agrees=True)),
            (On(5, 5), cancels()),
            (On(6, 10), buys(TOOLS)),
            (On(9, 12), buys(FERN, code_of=S90)),
            (On(11, 12), unsubscribes()),
            (On(11, 20), buys(POT)),
        ),
        (
            (On(5, 4), THANKS), (On(6, 3), S30),
            (On(6, 10), THANKS), (On(6, 13), INVITATION), (On(6, 24), REVIEW), (On(6, 25), REWARD),
            (On(7, 10), S30), (On(8, 9), S60), (On(9, 8), S90),
            (On(9, 12), THANKS), (On(9, 26), REVIEW), (On(10, 3), RECOMMENDED), (On(10, 12), S30), (On(11, 11), S60),
        ),
        points=225, tier=None,
    ),
    Regular(
        "Feliks Dąb", "Buys often and writes reviews: points for both, which become a code of 20 zł by themselves.",
        (
            (On(1, 20), buys(TOOLS, SOIL, agrees=True)),
            (On(2, 5), reviews()),
            (On(2, 10), buys(FERN, POT)),
            (On(3, 8), buys(MONSTERA)),
            (On(4, 12), buys(FIG)),
            (On(6, 2), buys(TOOLS)),
            (On(10, 3), buys(FIG, code_of=S120)),
            (On(12, 5), reviews()),
            (On(12, 30), buys(SOIL)),
        ),
        (
            (On(1, 20), THANKS), (On(1, 23), INVITATION), (On(2, 3), REVIEW), (On(2, 4), REWARD),
            (On(2, 10), THANKS), (On(2, 20), REWARD), (On(2, 24), REVIEW),
            (On(3, 8), THANKS), (On(3, 22), REVIEW), (On(3, 23), REWARD), (On(4, 7), S30),
            (On(4, 12), THANKS), (On(4, 26), REVIEW), (On(4, 27), REWARD), (On(5, 12), S30),
            (On(6, 2), THANKS), (On(6, 16), REVIEW), (On(6, 17), REWARD),
            (On(7, 2), S30), (On(8, 1), S60), (On(8, 31), S90), (On(9, 30), S120),
            (On(10, 3), THANKS), (On(10, 17), REVIEW), (On(10, 18), REWARD), (On(11, 2), S30), (On(12, 2), S60),
            (On(12, 20), REWARD), (On(12, 30), THANKS),
        ),
        points=514, tier="Srebrny",
        says={On(2, 20): "30", On(3, 23): "150", On(6, 17): "20 zł"},
    ),
    Regular(
        "Gertruda Lipa", "Tells the shop her birthday, and buys herself a fig with what it brings.",
        (
            (On(4, 22), buys(TOOLS, agrees=True)),
            (On(5, 2), tells_birthday(8, 12)),
            (On(8, 14), buys(FIG, code_of=BIRTHDAY)),
        ),
        (
            (On(4, 22), THANKS), (On(4, 25), INVITATION), (On(5, 6), REVIEW), (On(5, 7), REWARD),
            (On(5, 22), S30), (On(6, 21), S60), (On(7, 21), S90), (On(8, 12), BIRTHDAY),
            (On(8, 14), THANKS), (On(8, 28), REVIEW), (On(8, 29), REWARD),
            (On(9, 13), S30), (On(10, 13), S60), (On(11, 12), S90), (On(12, 12), S120),
        ),
        points=415, tier=None,
        says={On(8, 12): "15%"},
    ),
    Regular(
        "Hubert Grab", "Leaves a cart that would lift him to the next tier: the mail says so, and he buys it the same day.",
        (
            (On(6, 12), buys(SHELF, agrees=True)),
            (On(7, 8, 11), fills_a_cart(POT, basket="lato")),
            (On(7, 8, 17), buys(POT, basket="lato")),
            (On(11, 8), buys(MONSTERA, TOOLS, code_of=S120)),
        ),
        (
            (On(6, 12), THANKS), (On(6, 15), INVITATION), (On(6, 26), REVIEW), (On(6, 27), REWARD),
            (On(7, 8), CART), (On(7, 9), THANKS), (On(7, 23), REVIEW), (On(7, 24), REWARD), (On(7, 30), RECOMMENDED),
            (On(8, 7), S30), (On(9, 6), S60), (On(10, 6), S90), (On(11, 5), S120),
            (On(11, 8), THANKS), (On(11, 22), REVIEW), (On(11, 23), REWARD), (On(12, 8), S30),
        ),
        points=786, tier="Srebrny",
        says={On(7, 8): "Srebrny", On(7, 24): "Srebrny"},
    ),
    Regular(
        "Hugh Rowan", "Pays in euros: written to in English, counted apart, and earns nothing in złoty.",
        (
            (On(3, 15), buys(ENGLISH_FERN, agrees=True)),
            (On(6, 15), buys(ENGLISH_FERN, code_of=S90)),
        ),
        (
            (On(3, 15), THANKS), (On(3, 18), INVITATION), (On(3, 29), REVIEW), (On(3, 30), REWARD),
            (On(4, 14), S30), (On(5, 14), S60), (On(6, 13), S90),
            (On(6, 15), THANKS), (On(6, 29), REVIEW),
            (On(7, 15), S30), (On(8, 14), S60), (On(9, 13), S90), (On(10, 13), S120), (On(12, 12), S180),
        ),
        points=0, tier=None, english=True,
        says={On(5, 14): "5%"},
    ),
)  # fmt: skip
