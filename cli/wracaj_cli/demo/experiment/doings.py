"""The actions of a shopper of the experiment. Some depend on the mails that came: nobody knows
beforehand who gets one."""

from wracaj.consent.channel import Channel
from wracaj_cli.demo import actions
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.week import Product
from wracaj_cli.demo.year import doings
from wracaj_cli.demo.year.doings import titles
from wracaj_cli.demo.year.story import Doing, Kind

BASKET = "grudzien"


def leaves_a_cart(*products: Product, agrees: bool = True) -> Doing:
    """Fill a cart, go to the checkout and leave. `agrees`: to mail."""
    checkout = actions.checks_out(agrees=(Channel.EMAIL,) if agrees else (), basket=BASKET)

    def play(actor: Actor) -> None:
        actor.basket(BASKET).products = products
        checkout.play(actor)

    return Doing(f"leaves a cart: {titles(products)}", play)


def buys(*products: Product) -> Doing:
    """Buy the cart."""
    return doings.buys(*products, basket=BASKET)


def buys_with_code(*products: Product) -> Doing:
    """Buy the cart with the code of the newest mail that has one, by the link in it."""
    return doings.buys(*products, basket=BASKET, code_of=Kind.CART_CODE)


def clicks(kind: Kind) -> Doing:
    def play(actor: Actor) -> None:
        message = [one for one in actor.inbox if one.step == kind][-1]
        actions.follow(actor, message, actor.basket(BASKET).cart_id)

    return if_written(kind, Doing(f"clicks the link in the {kind} mail", play))


def if_written(kind: Kind, *does: Doing) -> Doing:
    """Do this if a mail of this kind came."""

    def play(actor: Actor) -> None:
        if any(message.step == kind for message in actor.inbox):
            for one in does:
                one.play(actor)

    told = " and ".join(one.told for one in does)
    return Doing(f"{told}, if a mail came", play, reads_mail=True)
