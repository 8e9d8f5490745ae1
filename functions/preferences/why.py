"""GET and POST /w/{token}: asks once for the abandonment reason. One click answers; another click
changes the answer."""

from html import escape

from preferences.form import WhyForm
from preferences.visit import Visit
from preferences.words import WHY
from wracaj.aws.observability import count
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.clock import now
from wracaj.messages.links import encoded
from wracaj.pages.layout import Response
from wracaj.store import open_store


def page(visit: Visit) -> Response:
    """The question, or thanks for an answer already given. GET saves nothing."""
    words, answered = WHY[visit.lang], open_store().abandonment_reasons.of(visit.target)
    buttons = "".join(
        '<button type="submit" class="quiet" name="reason"'
        f' value="{why}">{escape(words.answers[why])}</button>'
        for why in AbandonmentReason
    )
    form = f'<form method="post"><div class="answers">{buttons}</div></form>'
    if answered is None:
        return visit.page(words.title, f"<p>{escape(words.asks)}</p>{form}")
    told = (
        f'<p class="told" role="status" tabindex="-1" autofocus>{escape(words.noted)}'
        f" {escape(words.answers[answered])}.</p>"
    )
    back = f'<p><a class="button" href="{escape(way_back(visit))}">{escape(words.back)}</a></p>'
    return visit.page(
        words.thanks, f"{told}{back}<section><h2>{escape(words.change)}</h2>{form}</section>"
    )


def answer(visit: Visit, form: WhyForm) -> Response:
    open_store().abandonment_reasons.answer(visit.target, form.reason, now())
    count("AbandonmentReasonGiven")
    return visit.back()


def way_back(visit: Visit) -> str:
    url = visit.cart.content.recovery_url if visit.cart else None
    return encoded(url if url and visit.shop.allows_recovery_to(url) else visit.shop.url)
