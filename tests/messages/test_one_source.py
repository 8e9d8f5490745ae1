"""A mail is one file of plain text. A line stays a line, and the HTML part and the text part each
have their own layout."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.mail_reading import Mail
from support.mails import a_voucher, facts, html_of
from wracaj.messages.rendering import Rendered, render_email

Edit = Callable[[str, str], Path]
MAIL = """{% extends "layout/en.j2" %}
{% block subject %}Some subject{% endblock %}
{% block preheader %}{% endblock %}
{% block opening %}
OPENING
{% endblock %}
{% block button %}
Go on
{% endblock %}
{% block because %}so{% endblock %}
"""


def written(edited: Edit, opening: str) -> Rendered:
    templates = edited("en/cart_reminder.email.j2", MAIL.replace("OPENING", opening))
    return render_email("cart_reminder", facts(locale="en", voucher=a_voucher()), templates)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("One.\nTwo.", ["One.", "Two."]),
        ("One.\n\n\n\nTwo.", ["One.", "", "Two."]),
        ("One.{% if voucher %} With a code.{% endif %}\nTwo.", ["One. With a code.", "Two."]),
        ("One.{% if not voucher %} Without.{% endif %}\n\nTwo.", ["One.", "", "Two."]),
        (
            "One.\n{% if voucher %}\nWith a code.\n{% endif %}\nTwo.",
            ["One.", "With a code.", "Two."],
        ),
        ("One.\n{% if not voucher %}\nWithout.\n{% endif %}\nTwo.", ["One.", "Two."]),
        ("One. {# a note #}\n{# and\nanother #}\nTwo.", ["One.", "Two."]),
        ("{% for item in items %}\n{{ item.title }}\n{% endfor %}\nTwo.", ["Kubek", "Two."]),
        ("  One.  \n  {% if voucher %}\n    Two.\n  {% endif %}", ["One.", "Two."]),
        ("One,\n{%- if voucher %} on the same line.{% endif %}", ["One, on the same line."]),
    ],
)
def test_a_line_of_words_is_a_line_and_one_of_tags_alone_is_none(
    edited: Edit, source: str, lines: list[str]
) -> None:
    mail = written(edited, source)
    assert mail.text.split("\n\nYour code")[0] == "\n".join(["Hi Ania,", "", *lines])
    assert "<br>\n".join(lines) in html_of(mail).replace("\u00a0", " ")


def test_words_are_words_and_never_markup(edited: Edit) -> None:
    mail = written(edited, 'Tea & <b>biscuits</b> "at {{ shop.name }}"')
    said = 'Tea & <b>biscuits</b> "at Kubek i Spółka"'
    assert said in mail.text
    seen = Mail(html_of(mail))
    assert said in [words.text.replace("\u00a0", " ") for words in seen.seen]
    assert [element for element in seen.all("b") if "biscuits" in element.text] == []


def test_a_mail_without_a_heading_of_its_own_shows_its_subject(edited: Edit) -> None:
    (heading,) = Mail(html_of(written(edited, "One."))).all("h1")
    assert heading.text == "Some subject"


def test_where_the_button_leads_is_written_out(edited: Edit) -> None:
    assert "\n\nGo on:\nhttps://api.example/c/" in written(edited, "One.").text
