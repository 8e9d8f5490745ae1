"""Shoppers who buy before, between and after the messages. After the order, no further message may
come."""

from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import both, checks_out, clicks, fills, orders
from wracaj_cli.demo.cast.goods import CUPS, FERN, MONSTERA, MUG, POT, TEAPOT
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue, wed

BUYING = (
    Persona(
        "Ewa Kowal",
        KUBEK,
        "Buys an hour after she filled the cart, before the first message.",
        (
            (mon(15), both(fills(MUG, MUG), checks_out())),
            (mon(16, 10), orders()),
        ),
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Filip Mróz",
        PARAPET,
        "Buys before the first message and pays by bank transfer, not yet paid.",
        (
            (tue(15), both(fills(FERN, POT), checks_out())),
            (tue(16), orders()),
        ),
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Gosia Duda",
        KUBEK,
        "Buys in the morning: her mail was held back over night, and never needed.",
        (
            (mon(19, 20), both(fills(CUPS), checks_out())),
            (mon(23), orders()),
        ),
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Halina Bąk",
        KUBEK,
        "Returns by the link in the first e-mail and buys.",
        (
            (mon(10, 15), fills(TEAPOT)),
            (mon(10, 25), checks_out()),
            (after(MAIL, 3), clicks()),
            (after(MAIL, 4), orders()),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Iga Żak",
        KUBEK,
        "Needs the SMS to remember.",
        (
            (mon(10, 30), both(fills(MUG, CUPS), checks_out())),
            (after(SMS, 3), clicks()),
            (after(SMS, 4), orders()),
        ),
        expects=(MAIL, SMS),
        why={CODE: Reason.ORDERED},
    ),
    Persona(
        "Jan Wrona",
        PARAPET,
        "Buys after the SMS, late at night.",
        (
            (mon(10, 45), both(fills(POT, FERN), checks_out())),
            (after(SMS, 10), orders()),
        ),
        expects=(MAIL, SMS),
        why={CODE: Reason.ORDERED},
    ),
    Persona(
        "Leon Kania",
        PARAPET,
        "Buys with the code the day after.",
        (
            (mon(19, 30), both(fills(MONSTERA, POT), checks_out())),
            (after(CODE, 4), orders(with_code=True)),
        ),
        expects=(MAIL, SMS, CODE),
    ),
    Persona(
        "Lidia Rak",
        KUBEK,
        "Buys, and two days later leaves another cart: that one is reminded of.",
        (
            (mon(17), both(fills(MUG), checks_out())),
            (mon(18), orders()),
            (wed(10), fills(CUPS, basket="2")),
            (wed(10, 15), checks_out(basket="2")),
            (after(MAIL, 4), orders(basket="2")),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
        mentions="espresso",
    ),
)
