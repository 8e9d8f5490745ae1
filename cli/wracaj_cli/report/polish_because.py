"""The Polish words of what came because of messages, by their English."""

from collections.abc import Mapping

BECAUSE_OF_MESSAGES: Mapping[str, str] = {
    "all of them": "wszystkie razem",
    "because of them, for 1,000 sent": "tylko dzięki nim, na 1000 wysłanych",
    "Changes in one message only:": "Zmiany w jednej tylko wiadomości:",
    (
        "For 1,000 messages sent: {low} to {high} because of them; credited after a click:"
        " {credited}. A shopper got {each} of them on average."
    ): (
        "Na 1000 wysłanych wiadomości: od {low} do {high} tylko dzięki nim; przypisane po"
        " kliknięciu: {credited}. Klient dostał ich średnio {each}."
    ),
    (
        "{experiment} holds out all messages of the timeline together, so it does not tell what"
        " one of them brings."
    ): (
        "{experiment} wstrzymuje wszystkie wiadomości harmonogramu razem, więc nie mówi, ile daje"
        " jedna z nich."
    ),
    "A test whose arms differ in one message only tells what that change brings.": (
        "Ile daje zmiana jednej wiadomości, pokaże test, którego warianty różnią się tylko nią."
    ),
    "Shoppers ask for these messages, so nobody is held out of them.": (
        "O te wiadomości proszą klienci, więc nikomu ich nie wstrzymujemy."
    ),
    ("How much of it would have come anyway is unknown: nobody is held out of these messages."): (
        "Nie wiadomo, ile z tego byłoby i bez tych wiadomości: nikomu ich nie wstrzymujemy."
    ),
    (
        "What these messages alone bring is unknown: {experiment} holds out the messages of all"
        " timelines together. A holdout with `timeline: {timeline}` tells it."
    ): (
        "Nie wiadomo, ile dają same te wiadomości: {experiment} wstrzymuje wiadomości wszystkich"
        " harmonogramów razem. Pokaże to grupa kontrolna z `timeline: {timeline}`."
    ),
    "{experiment}, {arm} instead of {control} ({what}): {finding}": (
        "{experiment}, {arm} zamiast {control} ({what}): {finding}"
    ),
    "For 1,000 of this message sent, a difference of {low} to {high}.": (
        "Na 1000 wysłanych takich wiadomości różnica od {low} do {high}."
    ),
    (
        "{arm} ({what}) changes several messages: {messages}. What one of these changes brings, it"
        " does not tell."
    ): (
        "{arm} ({what}) zmienia kilka wiadomości: {messages}. Ile daje zmiana jednej z nich, ten"
        " test nie mówi."
    ),
}
