"""Shoppers who never buy, whatever messages they get."""

from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import both, checks_out, clicks, fills
from wracaj_cli.demo.cast.goods import (
    CUPS,
    ENGLISH_FERN,
    ENGLISH_MUG,
    ENGLISH_TEAPOT,
    FERN,
    GIFT,
    MONSTERA,
    MUG,
    POT,
    SOIL,
    TEAPOT,
)
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue

EVERYTHING = (MAIL, SMS, CODE)

STAYING_AWAY = (
    Persona(
        "Ania Zielińska",
        KUBEK,
        "Fills a cart, agrees to mail and SMS, never returns.",
        (
            (mon(9, 40), fills(MUG, MUG, TEAPOT)),
            (mon(9, 55), checks_out()),
        ),
        expects=EVERYTHING,
        mentions="terakota",
    ),
    Persona(
        "Bartek Lis",
        PARAPET,
        "The same in the other shop; looks once, through the link, and leaves again.",
        (
            (mon(10), both(fills(MONSTERA, POT), checks_out())),
            (after(MAIL, 4), clicks()),
        ),
        expects=EVERYTHING,
        mentions="Monstera",
    ),
    Persona(
        "Celina Wójcik",
        KUBEK,
        "Shops in the evening: her mail is due at night and waits for 9 o'clock.",
        (
            (mon(18), fills(CUPS, GIFT)),
            (mon(18, 20), checks_out()),
        ),
        expects=EVERYTHING,
    ),
    Persona(
        "Darek Sowa",
        PARAPET,
        "Shops in the evening, too.",
        ((mon(18, 40), both(fills(FERN, SOIL, SOIL), checks_out())),),
        expects=EVERYTHING,
    ),
    Persona(
        "Nancy Brown",
        KUBEK,
        "An English shopper: gets it in English, in euros.",
        (
            (tue(9, 30), fills(ENGLISH_TEAPOT, ENGLISH_MUG)),
            (tue(9, 40), checks_out()),
        ),
        expects=EVERYTHING,
        english=True,
        mentions="Teapot",
        never_mentions="Cześć",
    ),
    Persona(
        "Oliver Smith",
        PARAPET,
        "Another English shopper, in the evening: this shop texts Polish numbers only.",
        ((mon(19), both(fills(ENGLISH_FERN, ENGLISH_FERN), checks_out())),),
        expects=(MAIL, CODE),
        why={SMS: Reason.NO_ADDRESS},
        english=True,
        mentions="Boston fern",
        never_mentions="Cześć",
    ),
    Persona(
        "Teresa Maj",
        KUBEK,
        "Her code is due while the shop's discount API is down: the mail goes out without a code.",
        ((mon(14), both(fills(TEAPOT), checks_out())),),
        expects=EVERYTHING,
    ),
    Persona(
        "Tadeusz Gil",
        PARAPET,
        "The same outage in the other shop.",
        ((mon(14, 15), both(fills(MONSTERA, MONSTERA), checks_out())),),
        expects=EVERYTHING,
    ),
)
