"""The page with all data about a shopper, in plain tables, and the form to erase it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape

from preferences.belonging import Belongs
from preferences.belonging_words import BELONGING
from preferences.data_words import DATA, DataWords
from preferences.record_words import message_in_words, rule_in_words, source_in_words
from preferences.visit import Visit
from wracaj.consent.channel import TRAITS
from wracaj.customers.data_export import KnownCart, PersonalData
from wracaj.customers.masking import masked_email
from wracaj.money import format_money
from wracaj.pages.layout import Response
from wracaj.text.quantities import format_quantity

Cells = Sequence[str]


def front(visit: Visit, belongs: Belongs) -> Response:
    words = DATA[visit.lang]
    buttons = [_form("show", words.show), _form("download", words.download, "quiet")]
    why = escape(BELONGING[visit.lang][belongs].erase_why)
    erase = f"<p>{why}</p>{_form('erase', words.erase, 'quiet')}"
    intro = f"<p>{escape(words.intro.format(shop=visit.shop.name))}</p>"
    return visit.page(words.title, f"{intro}{''.join(buttons)}{_section(words.erase_title, erase)}")


def shown(visit: Visit, data: PersonalData, address: str, belongs: Belongs) -> Response:
    words = DATA[visit.lang]
    whose = BELONGING[visit.lang][belongs].shown.format(address=masked_email(address))
    part = f"<p>{escape(whose)}</p>"
    if belongs is Belongs.TYPED:
        part += _ask_shop(visit, words.ask_shop)
    tables = [
        _about(words, data),
        _table(
            words.carts,
            words.carts_columns,
            (_cart(visit, words, cart) for cart in data.carts if not cart.occasion),
            words,
        ),
        f"<p>{escape(words.left_out.format(number=data.left_out))}</p>" if data.left_out else "",
        _table(words.messages, words.messages_columns, _messages(visit, data), words),
        _table(words.consents, words.consents_columns, _consents(visit, data), words),
        _table(words.orders, words.orders_columns, _orders(visit, data), words),
        _table(words.postings, words.postings_columns, _postings(visit, data), words),
    ]
    download = _form("download", words.download)
    return visit.page(words.title, f"{part}{''.join(tables)}{download}")


def sure(visit: Visit, belongs: Belongs) -> Response:
    words = DATA[visit.lang]
    back = f'<p><a href="{visit.token}">{escape(words.back)}</a></p>'
    question = escape(BELONGING[visit.lang][belongs].sure)
    return visit.page(
        words.sure_title, f"<p>{question}</p>{_form('erase_now', words.erase_now)}{back}"
    )


def erased(visit: Visit, belongs: Belongs) -> Response:
    words = DATA[visit.lang]
    told = f"<p>{escape(BELONGING[visit.lang][belongs].erased)}</p><p>{escape(words.hashes)}</p>"
    if belongs is not Belongs.TYPED:
        return visit.page(
            words.erased_title, told + _section(words.shop_title, _ask_shop(visit, words.shop_has))
        )
    return visit.page(
        words.erased_here_title,
        told + _section(words.shop_title, _ask_shop(visit, words.shop_has_account)),
    )


def passed_on(visit: Visit) -> Response:
    words = DATA[visit.lang]
    told = f"<p>{escape(BELONGING[visit.lang][Belongs.SHARED].erased)}</p>"
    return visit.page(
        words.asked_title, told + _section(words.shop_title, _ask_shop(visit, words.shop_has))
    )


def _ask_shop(visit: Visit, why: str) -> str:
    """How to contact the shop: by its e-mail address where the settings have one, otherwise on its
    page."""
    shop = visit.shop
    email, url = shop.email.reply_to, escape(shop.url)
    way = (
        f'<a href="mailto:{escape(email)}">{escape(email)}</a>'
        if email
        else f'<a href="{url}">{escape(shop.name)}</a>'
    )
    return f"<p>{escape(why)} {way}</p>"


def _section(heading: str, inside: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{inside}</section>"


def _form(section: str, button: str, kind: str = "") -> str:
    shade = f' class="{kind}"' if kind else ""
    return (
        f'<form method="post"><input type="hidden" name="section" value="{section}">'
        f'<p><button type="submit"{shade}>{escape(button)}</button></p></form>'
    )


def _table(caption: str, columns: Cells, rows: Iterable[Cells], words: DataWords) -> str:
    """On a phone each row is a block, with a label before each value. The table roles are written
    out, because this layout makes browsers drop them."""
    body = "".join(_row(columns, row) for row in rows)
    if not body:
        return _section(caption, f"<p>{escape(words.nothing)}</p>")
    labels = "".join(
        f'<th scope="col" role="columnheader">{escape(column)}</th>' for column in columns
    )
    head = f'<thead role="rowgroup"><tr role="row">{labels}</tr></thead>'
    table = (
        f'<table class="stacks" role="table" aria-label="{escape(caption)}">{head}<tbody'
        f' role="rowgroup">{body}</tbody></table>'
    )
    return _section(caption, table)


def _row(columns: Cells, row: Cells) -> str:
    labelled = zip(columns, row, strict=True)
    cells = "".join(
        f'<td role="cell" data-label="{escape(label)}">{escape(cell)}</td>'
        for label, cell in labelled
    )
    return f'<tr role="row">{cells}</tr>'


def _about(words: DataWords, data: PersonalData) -> str:
    who = data.contact
    facts = (
        (words.email, who.email),
        (words.phone, who.phone),
        (words.name, who.first_name),
        (words.language, who.locale),
        (words.birthday, data.birthday),
        (words.points, str(data.points)),
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in facts
        if value
    )
    return f"<section><h2>{escape(words.about)}</h2><table><tbody>{rows}</tbody></table></section>"


def _cart(visit: Visit, words: DataWords, cart: KnownCart) -> Cells:
    goods = (
        ", ".join(
            f"{format_quantity(item.quantity, visit.lang)} × {item.title}" for item in cart.items
        )
        or words.nothing
    )
    ordered = words.yes if cart.ordered else words.no
    return (_when(visit, cart.since), goods, _amount(visit, cart.total, cart.currency), ordered)


def _messages(visit: Visit, data: PersonalData) -> Iterable[Cells]:
    states = DATA[visit.lang].states
    return (
        (
            _when(visit, one.at),
            TRAITS[one.channel].words[visit.lang].name,
            message_in_words(one.template, visit.lang),
            states.get(one.state, one.state),
        )
        for one in data.messages
    )


def _consents(visit: Visit, data: PersonalData) -> Iterable[Cells]:
    states = DATA[visit.lang].states
    for one in data.consents:
        said, where = states.get(one.state, one.state), source_in_words(one.source, visit.lang)
        yield (
            _when(visit, one.at),
            TRAITS[one.channel].words[visit.lang].name,
            said,
            where,
            one.wording or "–",
        )


def _orders(visit: Visit, data: PersonalData) -> Iterable[Cells]:
    return (
        (_when(visit, one.placed_at), one.order_id, _amount(visit, one.total, one.currency))
        for one in data.orders
    )


def _postings(visit: Visit, data: PersonalData) -> Iterable[Cells]:
    return (
        (_when(visit, one.at), rule_in_words(one.rule, visit.lang), str(one.points))
        for one in data.postings
    )


def _when(visit: Visit, at: datetime | None) -> str:
    return f"{at.astimezone(visit.shop.zone):%Y-%m-%d %H:%M}" if at else "–"


def _amount(visit: Visit, amount: Decimal | None, currency: str | None) -> str:
    return format_money(amount, currency, visit.lang) if amount is not None and currency else "–"
