"""The shoppers of the week.

To check a row: if a cart is left on Monday at 10, the Messenger message is due at 10:15, the e-mail
at 12:15, the audience at 13:15, the SMS on Tuesday at 13:15, and the notifications on Thursday and
on Saturday at 13:15. The shopper leaves the audience on Tuesday of the next week at 13:15, if
nothing else ends it before.
"""

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Reason
from wracaj_cli.demo.cast.goods import BLANKET, CURTAINS, LINEN, SCARF
from wracaj_cli.demo.rescue.doings import (
    allows_notifications,
    forbids_notifications,
    leaves_a_cart,
    orders,
    unsubscribes,
    writes_on_messenger,
)
from wracaj_cli.demo.rescue.story import STEPS, Visitor
from wracaj_cli.demo.week import At

MON, TUE, WED, FRI = (At(day, 10) for day in (0, 1, 2, 4))
A_MINUTE_LATER, TWO_MINUTES_LATER = At(0, 10, 1), At(0, 10, 2)
MAIL_AND_SMS = (Channel.EMAIL, Channel.SMS)

VISITORS: tuple[Visitor, ...] = (
    Visitor(
        "Kinga Lis",
        "Is reached on every channel, and buys nothing.",
        (
            (MON, leaves_a_cart(LINEN, SCARF)),
            (A_MINUTE_LATER, writes_on_messenger()),
            (TWO_MINUTES_LATER, allows_notifications()),
        ),
        gets=STEPS,
        advertised_hours=8 * 24,
    ),
    Visitor(
        "Bartek Żuraw",
        "Buys on Tuesday morning: no SMS, no notification, and out of the audience at once.",
        (
            (MON, leaves_a_cart(BLANKET)),
            (A_MINUTE_LATER, writes_on_messenger()),
            (TWO_MINUTES_LATER, allows_notifications()),
            (TUE, orders()),
        ),
        gets=("messenger", "email", "join_audience"),
        advertised_hours=20.75,
        why={"sms": Reason.ORDERED, "push": Reason.ORDERED, "last_push": Reason.ORDERED},
    ),
    Visitor(
        "Ewa Dudek",
        "Wrote on Messenger two days before: its 24 hours are over, and the e-mail does not wait"
        " for it.",
        (
            (MON, leaves_a_cart(CURTAINS, agrees=MAIL_AND_SMS)),
            (A_MINUTE_LATER, writes_on_messenger(hours_ago=48)),
        ),
        gets=("email", "sms"),
        why={
            "messenger": Reason.WINDOW_CLOSED,
            "join_audience": Reason.NO_CONSENT,
            "push": Reason.NO_ADDRESS,
            "last_push": Reason.NO_ADDRESS,
        },
    ),
    Visitor(
        "Sylwia Wrona",
        "Took the permission back in her browser: the first notification finds nobody, the second"
        " is not tried.",
        (
            (MON, leaves_a_cart(SCARF)),
            (A_MINUTE_LATER, allows_notifications()),
            (WED, forbids_notifications()),
        ),
        gets=("email", "join_audience", "sms"),
        advertised_hours=8 * 24,
        suppressed=(Channel.WEB_PUSH,),
        why={
            "messenger": Reason.NO_ADDRESS,
            "push": Reason.ADDRESS_GONE,
            "last_push": Reason.NO_ADDRESS,
        },
    ),
    Visitor(
        "Tomek Kos",
        "Says stop in the e-mail: nothing more, on any channel, and out of the audience.",
        (
            (MON, leaves_a_cart(LINEN)),
            (A_MINUTE_LATER, allows_notifications()),
            (TUE, unsubscribes()),
        ),
        gets=("email", "join_audience"),
        advertised_hours=20.75,
        why={
            "messenger": Reason.NO_ADDRESS,
            "sms": Reason.NO_CONSENT,
            "push": Reason.NO_CONSENT,
            "last_push": Reason.NO_CONSENT,
        },
    ),
    Visitor(
        "Nina Gil",
        "Gave no address, and allowed notifications: these alone reach her, and on Friday one"
        " brings her back.",
        (
            (MON, leaves_a_cart(CURTAINS, agrees=None)),
            (A_MINUTE_LATER, allows_notifications()),
            (FRI, orders()),
        ),
        gets=("push",),
        with_email=False,
        with_phone=False,
        why={
            "messenger": Reason.NO_ADDRESS,
            "email": Reason.NO_ADDRESS,
            "join_audience": Reason.NO_ADDRESS,
            "sms": Reason.NO_ADDRESS,
            "last_push": Reason.ORDERED,
        },
    ),
    Visitor(
        "Olek Bąk",
        "His mailbox is gone: the e-mail bounces, and his address is suppressed. The SMS reaches"
        " him.",
        ((MON, leaves_a_cart(BLANKET, agrees=MAIL_AND_SMS)),),
        gets=("email", "sms"),
        mailbox="bounce+olek@simulator.amazonses.com",
        suppressed=(Channel.EMAIL,),
        why={
            "messenger": Reason.NO_ADDRESS,
            "join_audience": Reason.NO_CONSENT,
            "push": Reason.NO_ADDRESS,
            "last_push": Reason.NO_ADDRESS,
        },
    ),
)
