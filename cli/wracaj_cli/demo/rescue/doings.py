"""The actions of a shopper of the week."""

from datetime import timedelta

from wracaj.consent.channel import Channel
from wracaj_cli.demo import actions
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.ledger import What
from wracaj_cli.demo.rescue.providers import Providers
from wracaj_cli.demo.rescue.story import Doing
from wracaj_cli.demo.story import Action
from wracaj_cli.demo.week import Product

EVERY = (Channel.EMAIL, Channel.SMS, Channel.AUDIENCE)


def _doing(action: Action) -> Doing:
    return Doing(action.told, lambda actor, _: action.play(actor))


def leaves_a_cart(*products: Product, agrees: tuple[Channel, ...] | None = EVERY) -> Doing:
    """Leave a cart. With `agrees` None, the shopper does not go to the checkout and stays
    unknown."""
    filled = actions.fills(*products)
    return _doing(
        filled if agrees is None else actions.both(filled, actions.checks_out(agrees=agrees))
    )


def orders() -> Doing:
    return _doing(actions.orders())


def unsubscribes() -> Doing:
    return _doing(actions.unsubscribes())


def writes_on_messenger(hours_ago: float = 0) -> Doing:
    """Write to the shop by the link in the cart, so that Meta reports which cart it is about."""

    def play(actor: Actor, providers: Providers) -> None:
        at = actor.scene.now() - timedelta(hours=hours_ago)
        providers.writes(
            actor.scene.api_url, actor.shop, actor.persona.name, actor.basket("1").cart_id, at
        )
        actor.note(What.AGREED, at=at, channel=Channel.MESSENGER)

    when = f" {hours_ago:g} hours before" if hours_ago else ""
    return Doing(f"asks the shop something on Messenger{when}", play)


def allows_notifications() -> Doing:
    def play(actor: Actor, providers: Providers) -> None:
        providers.subscribes(
            actor.scene.api_url, actor.shop, actor.persona.name, actor.basket("1").cart_id
        )
        actor.note(What.AGREED, channel=Channel.WEB_PUSH)

    return Doing("allows notifications in the browser", play)


def forbids_notifications() -> Doing:
    """Forbid notifications in the browser's own settings. The shop gets no report of this."""

    def play(actor: Actor, providers: Providers) -> None:
        providers.forgets(actor.persona.name)

    return Doing("forbids notifications again, in the browser's settings", play)
