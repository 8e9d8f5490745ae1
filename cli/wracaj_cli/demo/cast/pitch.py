"""The first two rows, which show what the product is for: a shopper leaves a cart, comes back by
the link in a message, and buys."""

from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import both, checks_out, clicks, fills, orders
from wracaj_cli.demo.cast.goods import MONSTERA, MUG, TEAPOT
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue

PITCH = (
    Persona(
        "Kasia Nowak",
        KUBEK,
        "Mail, SMS, mail with a code: returns by the link in it, and buys with the code.",
        (
            (mon(11), both(fills(TEAPOT, MUG), checks_out())),
            (after(CODE, 2), clicks()),
            (after(CODE, 2.25), orders(with_code=True)),
        ),
        expects=(MAIL, SMS, CODE),
    ),
    Persona(
        "Henryk Jaśkowiak",
        PARAPET,
        "One mail is enough: returns by its link and buys, so nothing more is sent.",
        (
            (tue(9, 50), both(fills(MONSTERA), checks_out())),
            (after(MAIL, 5), clicks()),
            (after(MAIL, 5.25), orders()),
        ),
        expects=(MAIL,),
        why={SMS: Reason.ORDERED},
    ),
)
