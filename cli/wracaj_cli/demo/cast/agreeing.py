"""Who may get messages, and where: consent, opt-outs, and missing addresses."""

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import (
    agrees_to,
    asks_to_be_forgotten,
    both,
    checks_out,
    clicks,
    fills,
    objects_to,
    orders,
    unsubscribes,
)
from wracaj_cli.demo.cast.goods import CUPS, FERN, MONSTERA, MUG, POT, SOIL, TEAPOT
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, after, mon, tue

NO_CONSENT = dict.fromkeys((MAIL, SMS, CODE), Reason.NO_CONSENT)

AGREEING = (
    Persona(
        "Czesław Ptak",
        KUBEK,
        "Agreed to nothing: hears nothing.",
        ((mon(8, 10), both(fills(TEAPOT, CUPS), checks_out(agrees=()))),),
        why=NO_CONSENT,
    ),
    Persona(
        "Dorota Sroka",
        PARAPET,
        "Agreed to mail only.",
        ((tue(11, 30), both(fills(FERN, FERN), checks_out(agrees=(Channel.EMAIL,)))),),
        expects=(MAIL, CODE),
        why={SMS: Reason.NO_CONSENT},
    ),
    Persona(
        "Emil Kawka",
        PARAPET,
        "Agreed to SMS only.",
        ((mon(18, 30), both(fills(MONSTERA), checks_out(agrees=(Channel.SMS,)))),),
        expects=(SMS,),
        why={MAIL: Reason.NO_CONSENT, CODE: Reason.NO_CONSENT},
    ),
    Persona(
        "Franek Orzeł",
        KUBEK,
        "Agreed to both but gave no phone number.",
        ((tue(11, 40), both(fills(MUG, MUG, CUPS), checks_out())),),
        expects=(MAIL, CODE),
        with_phone=False,
        why={SMS: Reason.NO_ADDRESS},
    ),
    Persona(
        "Grażyna Kuna",
        KUBEK,
        "Gave a phone number and no e-mail.",
        ((mon(18, 50), both(fills(TEAPOT), checks_out(agrees=(Channel.SMS,)))),),
        expects=(SMS,),
        with_email=False,
        why={MAIL: Reason.NO_ADDRESS, CODE: Reason.NO_ADDRESS},
    ),
    Persona(
        "Hania Sarna",
        KUBEK,
        "Unsubscribes with one click in the first e-mail: from the SMS as well.",
        (
            (tue(9, 20), both(fills(CUPS), checks_out())),
            (after(MAIL, 3), unsubscribes()),
        ),
        expects=(MAIL,),
        why={SMS: Reason.NO_CONSENT, CODE: Reason.NO_CONSENT},
    ),
    Persona(
        "Igor Lin",
        PARAPET,
        "Looks at the cart, unsubscribes, changes the cart: a box ticked earlier is no new opt-in.",
        (
            (mon(9, 30), both(fills(POT, SOIL), checks_out())),
            (after(MAIL, 2), clicks()),
            (after(MAIL, 4), unsubscribes()),
            (after(MAIL, 6), both(fills(POT, SOIL, FERN), checks_out(agrees=None))),
        ),
        expects=(MAIL,),
        why={SMS: Reason.NO_CONSENT, CODE: Reason.NO_CONSENT},
    ),
    Persona(
        "Jagoda Pstrąg",
        PARAPET,
        "Objects to mail in her account: the SMS still comes, the discount e-mail does not.",
        (
            (mon(11, 30), both(fills(MONSTERA, FERN), checks_out())),
            (after(MAIL, 4), objects_to(Channel.EMAIL)),
        ),
        expects=(MAIL, SMS),
        member=True,
        why={CODE: Reason.NO_CONSENT},
    ),
    Persona(
        "Julia Szczygieł",
        KUBEK,
        "Agrees to SMS only later, in her account, in time for the SMS.",
        (
            (mon(9, 20), both(fills(MUG, TEAPOT), checks_out(agrees=(Channel.EMAIL,)))),
            (after(MAIL, 5), agrees_to(Channel.SMS)),
            (after(CODE, 3), orders(with_code=True)),
        ),
        expects=(MAIL, SMS, CODE),
        member=True,
    ),
    Persona(
        "Zofia Gawron",
        PARAPET,
        "Asks to be forgotten after the first e-mail.",
        (
            (mon(19, 40), both(fills(SOIL, POT), checks_out())),
            (after(MAIL, 4), asks_to_be_forgotten()),
        ),
        expects=(MAIL,),
        member=True,
    ),
)
