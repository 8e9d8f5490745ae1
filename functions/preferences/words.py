"""Texts of the small pages, in both languages: errors, the double opt-in, the abandonment
reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.language import Locale


@dataclass(frozen=True)
class Problem:
    title: str
    text: str


PROBLEMS: Mapping[Locale, Mapping[str, Problem]] = {
    "pl": {
        "expired": Problem(
            "Ten link już wygasł",
            "Linki z wiadomości działają przez pewien czas, link do danych przez godzinę. Otwórz"
            " nowszą wiadomość od sklepu.",
        ),
        "not_ours": Problem(
            "Tego linku nie znamy",
            "Być może skopiował się tylko kawałek adresu. Otwórz wiadomość jeszcze raz i kliknij"
            " link, który w niej jest.",
        ),
        "nobody": Problem(
            "Nic już o Tobie nie wiemy",
            "Dane, do których prowadził ten link, zostały usunięte, a razem z nimi zgody. Jeśli od"
            " tamtej pory przyszła nowa wiadomość od sklepu, użyj, prosimy, linku z niej.",
        ),
        "fault": Problem(
            "Coś poszło nie tak po naszej stronie", "Spróbuj, prosimy, jeszcze raz za chwilę."
        ),
    },
    "en": {
        "expired": Problem(
            "This link has expired",
            "Links in messages work for a while, the link to your data for an hour. Open a newer"
            " message from the shop.",
        ),
        "not_ours": Problem(
            "We don't know this link",
            "Perhaps only a part of the address was copied. Please open the message again and click"
            " the link in it.",
        ),
        "nobody": Problem(
            "We know nothing about you any more",
            "The data that this link led to is erased, and with it every consent. If a message from"
            " the shop has come since, please use the link in that one.",
        ),
        "fault": Problem("Something went wrong on our side", "Please try again in a moment."),
    },
}


@dataclass(frozen=True)
class ConfirmWords:
    title: str
    asks: str
    confirm: str
    done_title: str
    done: str
    nothing_title: str
    nothing: str


CONFIRMING: Mapping[Locale, ConfirmWords] = {
    "pl": ConfirmWords(
        title="Potwierdź zgodę",
        asks="Adres lub numer: {address}. Zgoda, którą potwierdzasz:",
        confirm="Tak, potwierdzam",
        done_title="Zgoda jest potwierdzona",
        done=(
            "Dziękujemy! Zgodę możesz wycofać w każdej chwili: link do tego jest w każdej"
            " wiadomości."
        ),
        nothing_title="Nie ma czego potwierdzać",
        nothing=(
            "Od wysłania tego linku zgoda została wycofana albo nikt już o nią nie prosi. Nic nie"
            " wyślemy."
        ),
    ),
    "en": ConfirmWords(
        title="Confirm your consent",
        asks="The address or number: {address}. The consent that you confirm:",
        confirm="Yes, I confirm",
        done_title="Your consent is confirmed",
        done="Thank you! You can withdraw it at any time, by a link in every message.",
        nothing_title="There is nothing to confirm",
        nothing=(
            "Since this link was sent the consent was withdrawn, or nobody asks for it any more. We"
            " won't send anything."
        ),
    ),
}


@dataclass(frozen=True)
class WhyWords:
    title: str
    asks: str
    answers: Mapping[AbandonmentReason, str]
    thanks: str
    noted: str
    back: str
    change: str


WHY: Mapping[Locale, WhyWords] = {
    "pl": WhyWords(
        title="Co stanęło na przeszkodzie?",
        asks=(
            "Jedno kliknięcie bardzo nam pomoże. Odpowiadasz bez podpisu i o nic więcej nie pytamy."
        ),
        answers={
            AbandonmentReason.DELIVERY_COST: "Koszt dostawy",
            AbandonmentReason.PRICE: "Cena",
            AbandonmentReason.PAYMENT: "Sposób płatności",
            AbandonmentReason.TRUST: "Nie wiem, czy mogę zaufać sklepowi",
            AbandonmentReason.JUST_LOOKING: "Tylko się rozglądam",
            AbandonmentReason.FOUND_ELSEWHERE: "Kupuję gdzie indziej",
            AbandonmentReason.TROUBLE: "Coś nie działało na stronie",
            AbandonmentReason.OTHER: "Inny powód",
        },
        thanks="Dziękujemy",
        noted="Zapisaliśmy odpowiedź:",
        back="Wróć do koszyka",
        change="Jednak coś innego?",
    ),
    "en": WhyWords(
        title="What got in the way?",
        asks="One click helps us a lot. The answer carries no name and asks nothing more of you.",
        answers={
            AbandonmentReason.DELIVERY_COST: "The cost of delivery",
            AbandonmentReason.PRICE: "The price",
            AbandonmentReason.PAYMENT: "The ways to pay",
            AbandonmentReason.TRUST: "I was not sure whether to trust the shop",
            AbandonmentReason.JUST_LOOKING: "I am just looking around",
            AbandonmentReason.FOUND_ELSEWHERE: "I found it elsewhere",
            AbandonmentReason.TROUBLE: "Something on the site did not work",
            AbandonmentReason.OTHER: "Something else",
        },
        thanks="Thank you",
        noted="We noted your answer:",
        back="Back to my cart",
        change="Something else after all?",
    ),
}
