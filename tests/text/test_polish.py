"""The Polish texts. Clumsy sentences that were removed do not come back, and what occurs twice is
the same both times."""

from pathlib import Path

import pytest

from preferences.data_words import DATA
from preferences.preference_words import PREFERENCES
from preferences.words import CONFIRMING, PROBLEMS, WHY
from shopper_link.pages import TEXTS
from support.mails import facts, shown, text_of
from support.mails import mail as a_mail
from wracaj.consent import wording
from wracaj.consent.channel import Channel
from wracaj.loyalty.programme import Programme
from wracaj.loyalty.progress import Near
from wracaj.messages.loyalty_facts import LoyaltyFacts
from wracaj.messages.rendering import render
from wracaj.messages.template_files import TEMPLATES
from wracaj_cli.sample_loyalty import sample_loyalty

WRITTEN = {
    file.relative_to(TEMPLATES).as_posix(): file.read_text("utf-8")
    for file in [*TEMPLATES.glob("pl/*"), *TEMPLATES.glob("layout/*pl*")]
}
WORDS = "\n".join(
    repr(words["pl"]) for words in (DATA, PREFERENCES, CONFIRMING, PROBLEMS, WHY, TEXTS)
)
EVERYTHING = "\n".join([*WRITTEN.values(), WORDS, Path(wording.__file__).read_text("utf-8")])


@pytest.mark.parametrize(
    "clumsy",
    [
        "lubią, gdy się na nie spojrzy",
        "padł Twój wzrok",
        "oglądano u nas",
        "mniej za cały",
        "mniej na ",
        "jednym kliknięciem, dlaczego",
        "będzie Twoja{% if",
        "każda w kodzie",
        "żadną drogą",
        "było oglądane",
        "na Messengera",
        "na Messengerze",
        "kod na całe zakupy",
        "Od teraz masz:",
        "padło właśnie na nas",
        "użyj, proszę",
    ],
)
def test_a_clumsy_sentence_stays_struck_out(clumsy: str) -> None:
    assert clumsy not in EVERYTHING


def test_a_polish_mail_calls_a_usual_name_and_greets_any_other_as_it_is_written() -> None:
    for name, greeting in (
        ("Ania", "Cześć, Aniu!"),
        ("PIOTR", "Cześć, Piotrze!"),
        ("Nancy", "Cześć, Nancy!"),
    ):
        assert text_of(first_name=name).startswith(greeting)
        assert greeting in shown(a_mail(first_name=name))
        assert greeting in render("cart_messenger", Channel.MESSENGER, facts(first_name=name)).text
    assert text_of(first_name="Ania", locale="en").startswith("Hi Ania,")


def test_a_nudge_says_what_the_next_order_brings() -> None:
    told = (
        "Jeszcze jedno zamówienie za 38,00 zł i dostaniesz kod na 25 zł: to nagroda „500 zł w"
        " kwartale”."
    )
    assert told in text_of("nudge", loyalty=sample_loyalty("nudge"))
    assert told in shown(a_mail("nudge", loyalty=sample_loyalty("nudge")))


@pytest.mark.parametrize(
    ("points", "verb"), [(1, "wpada 1 punkt"), (3, "wpadają 3 punkty"), (30, "wpada 30 punktów")]
)
def test_points_fall_in_in_the_right_number(points: int, verb: str) -> None:
    loyalty = sample_loyalty("reward")
    assert loyalty
    grant = loyalty.given[1]
    given = grant.model_copy(update={"posted": grant.posted.model_copy(update={"points": points})})
    assert verb in text_of("reward", loyalty=loyalty.model_copy(update={"given": (given,)}))


PERKS = [{"pl": "darmowa dostawa", "en": "free delivery"}, "klub", {"pl": "herbata"}]
TIER = {"name": "Złoty", "threshold": 2000, "perks": PERKS}
PROGRAMME = Programme.model_validate(
    {"currency": "PLN", "margin_percent": 40, "points": {"value": "0.01"}, "tiers": [TIER]}
)


@pytest.mark.parametrize(
    ("locale", "told", "untold"),
    [
        ("pl", "darmowa dostawa, klub, herbata", "free"),
        ("en", "free delivery, klub, herbata", "darmowa"),
    ],
)
def test_perks_are_told_in_the_language_of_the_message_where_the_shop_has_them(
    locale: str, told: str, untold: str
) -> None:
    near = Near(key="tier", kind="tier", name="Złoty", missing=1, perks=PROGRAMME.tiers[0].perks)
    near_it = LoyaltyFacts(programme=PROGRAMME, near=near)
    reached = LoyaltyFacts(programme=PROGRAMME, reaches=near)
    for text in (
        text_of("nudge", locale=locale, loyalty=near_it),
        text_of("cart_reminder", locale=locale, loyalty=reached),
        text_of("programme_invitation", locale=locale, programme=PROGRAMME),
    ):
        assert told in text
        assert untold not in text


def test_the_links_under_a_mail_have_nothing_between_them_that_could_end_a_line() -> None:
    assert "·" not in shown(a_mail())
