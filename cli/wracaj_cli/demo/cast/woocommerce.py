"""Shoppers of a WooCommerce shop without a plugin. Its webhooks tell of drafts and orders, as they
are when the webhook leaves."""

from wracaj.consent.channel import Channel
from wracaj.timelines.steps import Reason
from wracaj_cli.demo.actions import at_once, both, checks_out, fills, late, unsent
from wracaj_cli.demo.cast.agreeing import NO_CONSENT
from wracaj_cli.demo.cast.goods import BEANS, DRIPPER, GRINDER, KETTLE
from wracaj_cli.demo.story import Persona
from wracaj_cli.demo.week import CODE, MAIL, SMS, ZIARNA, after, mon, tue
from wracaj_cli.demo.woocommerce_actions import (
    clicks_to_a_new_cart,
    is_cancelled,
    is_completed,
    orders_by,
    payment_fails,
    sends_back,
)
from wracaj_cli.demo.woocommerce_front import ON_DELIVERY, ONLINE, TRANSFER

WOOCOMMERCE = (
    Persona(
        "Otylia Żołna",
        ZIARNA,
        "Leaves a draft of the checkout: mail, SMS, mail with a code. Two days later the draft is"
        " gone; buys with the code in a new checkout.",
        (
            (mon(11, 25), both(fills(GRINDER, BEANS), checks_out())),
            (after(CODE, 2), clicks_to_a_new_cart()),
            (
                after(CODE, 2.25),
                both(
                    fills(GRINDER, BEANS, basket="2"),
                    orders_by(TRANSFER, with_code=True, basket="2", for_cart="1"),
                ),
            ),
        ),
        expects=(MAIL, SMS, CODE),
        cart_id="wc_order_Hq3vTz8KwR1aX",
        mentions="Młynek",
    ),
    Persona(
        "Tymon Jaskółka",
        ZIARNA,
        "Orders at once, to be paid on delivery: hears nothing.",
        (
            (mon(12, 20), both(fills(BEANS, BEANS), checks_out())),
            (mon(12, 25), orders_by(ON_DELIVERY)),
        ),
        cart_id="wc_order_b5NdYp0QmLs7e",
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Ignacy Szczupak",
        ZIARNA,
        "Returns by the first mail, buys, and sends one thing back: each webhook repeats the"
        " refund.",
        (
            (tue(10, 5), both(fills(DRIPPER, KETTLE), checks_out(agrees=(Channel.EMAIL,)))),
            (after(MAIL, 4), clicks_to_a_new_cart()),
            (after(MAIL, 4.25), orders_by(TRANSFER)),
            (after(MAIL, 20), sends_back(DRIPPER)),
            (after(MAIL, 21), is_completed()),
        ),
        expects=(MAIL,),
        cart_id="wc_order_J2xGf6VuEo9Wk",
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Blanka Mewa",
        ZIARNA,
        "Checks out and orders while no webhook leaves: all of it comes as one, an hour late,"
        " twice.",
        (
            (tue(9, 5), unsent(both(fills(BEANS, KETTLE), checks_out()))),
            (tue(10, 35), late(1.2, at_once(2, orders_by(TRANSFER)))),
        ),
        cart_id="wc_order_c8RtIy4ZnDh1M",
    ),
    Persona(
        "Kajetan Bocian",
        ZIARNA,
        "His payment fails: reminded, and orders on another device, under another key.",
        (
            (mon(13, 5), both(fills(GRINDER), checks_out())),
            (mon(13, 20), both(unsent(orders_by(ONLINE)), payment_fails())),
            (
                after(MAIL, 3),
                both(
                    fills(GRINDER, basket="2"),
                    orders_by(ON_DELIVERY, basket="2", for_cart="1"),
                ),
            ),
        ),
        expects=(MAIL,),
        cart_id="wc_order_P7kAs5XbCj0Ug",
        why={SMS: Reason.ORDERED},
    ),
    Persona(
        "Liwia Sójka",
        ZIARNA,
        "Never pays at the bank's page, and the shop cancels: not reminded, not counted.",
        (
            (tue(11, 5), both(fills(DRIPPER), checks_out())),
            (tue(11, 15), orders_by(ONLINE)),
            (tue(12, 15), is_cancelled()),
        ),
        cart_id="wc_order_w1OeBq9LtFv6N",
        why={MAIL: Reason.ORDERED},
    ),
    Persona(
        "Gustaw Perkoz",
        ZIARNA,
        "Ticks no box: hears nothing.",
        ((mon(9, 15), both(fills(KETTLE), checks_out(agrees=()))),),
        cart_id="wc_order_m4SyRk2TdGi8P",
        why=NO_CONSENT,
    ),
)
