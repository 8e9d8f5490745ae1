"""Webhooks as they arrive in practice: twice, late, in the wrong order, or forged."""

from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import (
    at_once,
    both,
    checks_out,
    comes_again,
    deletes,
    empties,
    fills,
    forged,
    late,
    orders,
)
from wracaj_cli.demo.cast.goods import CUPS, FERN, GIFT, MONSTERA, MUG, POT, SOIL, TEAPOT
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue, wed

MIX_UPS = (
    Persona(
        "Renata Sikora",
        KUBEK,
        "Her order arrives before the cart it came from.",
        (
            (tue(13), orders()),
            (tue(14), late(2, both(fills(MUG, GIFT), checks_out()))),
        ),
    ),
    Persona(
        "Sławek Dzik",
        PARAPET,
        "The order first, three times at once; then the cart, twice.",
        (
            (wed(12), at_once(3, orders())),
            (wed(13), late(2, at_once(2, both(fills(MONSTERA), checks_out())))),
        ),
    ),
    Persona(
        "Wanda Bielik",
        KUBEK,
        "Every webhook comes twice at the same moment: every message comes once.",
        (
            (tue(10, 40), at_once(2, fills(CUPS))),
            (tue(11), at_once(2, checks_out())),
        ),
        expects=(MAIL, SMS, CODE),
    ),
    Persona(
        "Zbyszek Struś",
        PARAPET,
        "The same webhook again an hour later, and again after the first e-mail.",
        (
            (mon(11, 50), both(fills(FERN, SOIL), checks_out())),
            (mon(12, 50), comes_again()),
            (after(MAIL, 3), comes_again()),
            (after(SMS, 3), orders()),
        ),
        expects=(MAIL, SMS),
        why={CODE: Reason.ORDERED},
    ),
    Persona(
        "Adam Jeleń",
        KUBEK,
        "An older state of the cart arrives after the newer one: the mail shows the newer.",
        (
            (tue(11, 10), both(fills(TEAPOT), checks_out())),
            (tue(12), late(1.5, fills(GIFT))),
            (after(MAIL, 4), orders()),
        ),
        expects=(MAIL,),
        mentions="Dzbanek",
        never_mentions="Bon podarunkowy",
    ),
    Persona(
        "Beata Łoś",
        PARAPET,
        "After her order an older cart event arrives: the order stands.",
        (
            (mon(12), both(fills(POT), checks_out())),
            (after(MAIL, 3), orders()),
            (after(MAIL, 5), late(3, fills(POT, SOIL))),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Sylwia Borsuk",
        KUBEK,
        "Somebody forges an order of hers: refused with 401, and her reminders go on.",
        (
            (mon(19, 10), both(fills(CUPS, MUG), checks_out())),
            (mon(21), forged(orders())),
            (after(MAIL, 3), forged(orders())),
        ),
        expects=(MAIL, SMS, CODE),
    ),
    Persona(
        "Karol Bóbr",
        KUBEK,
        "Returns and changes the cart: the three hours begin anew.",
        (
            (tue(11, 20), both(fills(MUG), checks_out())),
            (tue(12, 40), fills(MUG, TEAPOT)),
            (after(MAIL, 4), orders()),
        ),
        expects=(MAIL,),
        mentions="Dzbanek",
    ),
    Persona(
        "Lena Ryś",
        KUBEK,
        "Takes everything out of the cart again.",
        (
            (wed(14), both(fills(GIFT), checks_out())),
            (wed(15), empties()),
        ),
        why={MAIL: Reason.CART_EMPTIED},
    ),
    Persona(
        "Maciek Tur",
        PARAPET,
        "The shop deletes his checkout after the first e-mail.",
        (
            (mon(12, 10), both(fills(MONSTERA, SOIL), checks_out())),
            (after(MAIL, 4), deletes()),
        ),
        expects=(MAIL,),
        why={SMS: Reason.CART_EMPTIED},
    ),
    Persona(
        "Crawler",
        KUBEK,
        "A robot fills a cart and leaves no address: no timeline starts.",
        (
            (mon(8), fills(MUG)),
            (mon(16, 30), fills(MUG, CUPS, TEAPOT)),
        ),
    ),
    Persona(
        "Wiktor Żuraw",
        KUBEK,
        "Left his cart the day before Wracaj was switched on: never written to.",
        (
            (mon(8, 10), fills(TEAPOT, begun_hours_ago=14)),
            (mon(8, 40), checks_out()),
        ),
    ),
)
