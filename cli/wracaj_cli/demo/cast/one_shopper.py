"""One shopper under several names, with several carts, or with orders that name no cart."""

from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import both, checks_out, fills, logs_in, orders
from wracaj_cli.demo.cast.goods import CUPS, FERN, MONSTERA, MUG, POT, SOIL, TEAPOT
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue, wed

ONE_SHOPPER = (
    Persona(
        "Magda Kruk",
        KUBEK,
        "A guest who logs in later, then buys on another device: that order knows only her"
        " customer id.",
        (
            (mon(11, 10), both(fills(CUPS), checks_out())),
            (after(MAIL, 3), logs_in()),
            (after(MAIL, 6), orders(known_by="customer")),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Norbert Czyż",
        PARAPET,
        "A guest who logs in later and goes on with the same cart: every message once.",
        (
            (tue(10), both(fills(FERN), checks_out())),
            (tue(11), logs_in()),
            (tue(11, 30), both(fills(FERN, POT), checks_out())),
        ),
        expects=(MAIL, SMS, CODE),
        mentions="Osłonka",
    ),
    Persona(
        "Ola Pająk",
        KUBEK,
        "Two checkouts, on the phone and the laptop, and one order.",
        (
            (mon(11, 20), both(fills(MUG), checks_out())),
            (mon(11, 40), both(fills(MUG, TEAPOT, basket="2"), checks_out(basket="2"))),
            (after(MAIL, 4), orders(basket="2")),
        ),
        expects=(MAIL,),
        why={MAIL: Reason.NEWER_CART, SMS: Reason.ORDERED},
        member=True,
        mentions="szałwiowy",
    ),
    Persona(
        "Piotr Kos",
        PARAPET,
        "Three carts and no order: only the newest is written about.",
        (
            (tue(10, 15), both(fills(SOIL), checks_out())),
            (tue(10, 35), both(fills(FERN, basket="2"), checks_out(basket="2"))),
            (tue(10, 55), both(fills(MONSTERA, POT, basket="3"), checks_out(basket="3"))),
        ),
        expects=(MAIL, SMS, CODE),
        why={MAIL: Reason.NEWER_CART},
        mentions="Monstera",
        never_mentions="Ziemia",
    ),
    Persona(
        "Róża Kmieć",
        KUBEK,
        "Begins another cart after the first mail: the next keeps its distance of 12 hours, and the"
        " night.",
        (
            (tue(10, 10), both(fills(MUG), checks_out())),
            (after(MAIL, 1), both(fills(CUPS, basket="2"), checks_out(basket="2"))),
            (wed(16), orders(basket="2")),
        ),
        expects=(MAIL, MAIL),
        why={SMS: Reason.NEWER_CART},
    ),
    Persona(
        "Tomek Wilk",
        KUBEK,
        "Orders over the phone after the first e-mail: the order has no tokens and is matched by"
        " e-mail.",
        (
            (mon(18, 10), both(fills(TEAPOT), checks_out())),
            (after(MAIL, 4), orders(known_by="email")),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Urszula Szpak",
        PARAPET,
        "Her order knows only her phone number.",
        (
            (wed(9, 30), both(fills(MONSTERA), checks_out())),
            (wed(11), orders(known_by="phone")),
        ),
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Paweł Sum",
        PARAPET,
        "Buys his cart, number 1001. Cart 10012 is somebody else's.",
        (
            (tue(10, 20), both(fills(POT), checks_out())),
            (tue(11, 20), orders()),
        ),
        cart_id="1001",
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Roma Sum",
        PARAPET,
        "Cart 10012: the order of cart 1001 is none of her business.",
        ((tue(10, 25), both(fills(FERN, POT), checks_out())),),
        expects=(MAIL, SMS, CODE),
        cart_id="10012",
    ),
)
