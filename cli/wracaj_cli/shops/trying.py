"""`wracaj shop test-event`: sends one signed event and shows the result. With --send-to, it also
follows the mail."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.console import Console

from wracaj.carts.cart import Cart
from wracaj.customers.email_address import normal_email
from wracaj.errors import WracajError
from wracaj.platforms import platform
from wracaj.settings.shop import Shop
from wracaj_cli.outcome_words import moment
from wracaj_cli.shops import awaited_mail, recent_webhooks, registry
from wracaj_cli.shops.cart_story import as_tables
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.post import Answer, post_webhook
from wracaj_cli.shops.suppressions import NoAddressError
from wracaj_cli.shops.target import Target, find_target

NOBODY = "test@example.com"


class NotStoredError(WracajError):
    """The event was accepted, but no cart was stored."""


class NoAmountError(WracajError):
    """The given text is not an amount."""


def test_event(
    name: Name,
    email: Annotated[
        str | None,
        typer.Option(
            help="The made-up shopper's e-mail address; agrees to nothing", show_default=NOBODY
        ),
    ] = None,
    send_to: Annotated[
        str | None,
        typer.Option(
            help="An address of yours: its shopper agrees to e-mail, and gets the reminder"
        ),
    ] = None,
    total: Annotated[
        str, typer.Option(help="The total of the cart, in the shop's currency")
    ] = "100.00",
    stack: Stack = None,
) -> None:
    """Send one signed event, a cart, and say what came of it. With --send-to a real reminder
    follows: on the local stack time jumps until it is in the outbox; in AWS the command says when
    it is due."""
    with errors_as_sentences():
        address = _address(email, send_to)
        worth = _worth(total)
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        module, begun_at = platform(shop.settings.platform), target.now()
        topic, body = module.test_event(
            shop.settings, begun_at, address, agrees=send_to is not None, total=worth
        )
        _post(target, shop, topic, body)
        cart = _stored(target, shop, body)
        Console().print(as_tables(cart, shop.settings))
        if send_to is not None:
            _follow(awaited_mail.Awaited(target, shop, cart.cart_id, address, begun_at))
        elif cart.episode and not cart.unreminded:
            typer.echo("Its timeline will send nothing: this shopper agreed to nothing.")
            typer.echo("To see a mail, add an address of yours: --send-to me@…")


def _post(target: Target, shop: Shop, topic: str, body: dict[str, Any]) -> None:
    answer = post_webhook(target.api_url, shop, topic, body)
    of_late = target.store().webhook_problems.recent(shop.id)
    for line in recent_webhooks.of_the_clock(of_late, shop.settings):
        typer.echo(line)
    _tell_answer(topic, answer)


def _address(email: str | None, send_to: str | None) -> str:
    """Return the address of the made-up shopper. Raises NoAddressError."""
    if email is not None and send_to is not None:
        raise NoAddressError(
            "give either --email, whose shopper gets no message, or --send-to, whose shopper"
            " gets one"
        )
    written = send_to or email or NOBODY
    address = normal_email(written)
    if address is None:
        raise NoAddressError(f"{written!r} is no e-mail address; write one such as me@shop.example")
    return address


def _worth(total: str) -> str:
    """Return the amount with two decimals. Raises NoAmountError."""
    try:
        amount = Decimal(total)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 < amount < 10**9):
        raise NoAmountError(
            f"--total: {total!r} is no amount above 0; write it with a point, such as 250.00"
        )
    return f"{amount:.2f}"


def _tell_answer(topic: str, answer: Answer) -> None:
    typer.echo(
        f"{topic} → {answer.status} {answer.body.get('title') or answer.body.get('status', '')}"
    )
    for problem in [*answer.body.get("errors", []), *answer.body.get("warnings", [])]:
        typer.echo(f"  {problem['field']}: {problem['problem']}")
    if answer.status == 401:
        typer.echo("If the shop was put or changed just now, wait 5 minutes and try again.")
    if answer.status != 200:
        typer.echo(str(answer.body.get("detail", "")))
        raise typer.Exit(1)


def _stored(target: Target, shop: Shop, body: dict[str, Any]) -> Cart:
    """Return the cart of the event. Raises NotStoredError."""
    data = body.get("data")
    told = data if isinstance(data, dict) else body
    cart_id = str(
        told.get("cart_token")
        or told.get("cart_id")
        or told.get("order_key")
        or told.get("token")
        or told.get("checkout_id")
    )
    cart = target.store().carts.get(shop.id, cart_id)
    if cart is None:
        raise NotStoredError("It was accepted, but no cart was stored.")
    return cart


def _follow(awaited: awaited_mail.Awaited) -> None:
    """Show when the mail is due, or wait for it on the local stack. Raises NotComingError or
    LocalStackError."""
    zone = awaited.shop.settings.zone
    if not awaited.target.is_local:
        due = awaited_mail.due_at(awaited)
        typer.echo(
            f"The mail to {awaited.address} is due {moment(due, zone)} ({zone.key}), unless this"
            " address had one lately."
        )
        typer.echo(
            f"What came of it, once it is due: `wracaj shop cart {awaited.shop.id}"
            f" {awaited.cart_id} --stack …`"
        )
        typer.echo(
            "While SES keeps the account in its sandbox, only addresses that you verified there get"
            " mail."
        )
        return
    with Console().status("Time passes on the local stack …") as shown:
        mail = awaited_mail.until_it_came(
            awaited, lambda at: shown.update(f"It is {moment(at, zone)} there …")
        )
    typer.echo(
        f"Time jumped on, and the mail came: “{mail.subject}” to {mail.to}, {moment(mail.at, zone)}"
        f" ({zone.key})."
    )
    if awaited_mail.asks_to_confirm(mail):
        typer.echo(
            "This shop has its shoppers confirm an opt-in first (`double_opt_in`): follow the link"
            " in that mail, then say"
        )
        typer.echo("`wracaj local skip 1d`, and the reminder comes, too.")
    typer.echo("See it in the browser: `wracaj local outbox --open`")
