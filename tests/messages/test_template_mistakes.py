"""A mistake in a template names its file and line, and what to do."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.mails import facts
from wracaj.consent.channel import Channel
from wracaj.messages.rendering import render_email, render_sms
from wracaj.messages.template_files import missing_files
from wracaj.messages.template_mistakes import TemplateError

GOOD_TEXT = (
    '{% extends "layout/pl.j2" %}{% block subject %}A{% endblock %}{% block preheader %}{% endblock'
    " %}{% block opening %}{% endblock %}{% block button %}{% endblock %}{% block because %}{%"
    " endblock %}"
)


@pytest.mark.parametrize(
    ("file", "content", "line", "told"),
    [
        (
            "pl/cart_reminder.email.j2",
            f"{GOOD_TEXT}{{% block heading %}}\n{{{{ firstname }}}}\n{{% endblock %}}",
            2,
            "first_name",
        ),
        (
            "pl/cart_reminder.email.j2",
            '{% extends "layout/pl.j2" %}\n\n{% block heading %}Hej',
            3,
            "block",
        ),
        (
            "pl/cart_reminder.email.j2",
            '{% extends "layout/pl.j2" %}\n{% block heading %}{{ more | plurall }}{% endblock %}',
            2,
            "no filter `plurall`. Did you mean `plural_pl`? The filters there are: as_html",
        ),
        (
            "pl/cart_reminder.email.j2",
            "\n" + GOOD_TEXT.replace("pl.j2", "de.j2"),
            2,
            "layout/de.j2",
        ),
        (
            "pl/cart_reminder.email.j2",
            GOOD_TEXT.replace("block opening", "block ending"),
            None,
            "opening",
        ),
        (
            "pl/cart_reminder.email.j2",
            GOOD_TEXT + "\n{% block heading %}{{ total + 1 }}{% endblock %}",
            2,
            "TypeError",
        ),
        (
            "pl/cart_reminder.email.j2",
            '{% extends "layout/pl.j2" %}\n{% block subject %}\n{{ shop.nmae }}{% endblock %}',
            3,
            "nmae",
        ),
        ("pl/cart_reminder.email.j2", '{% extends "layout/pl.j2" %}', None, "subject"),
        *(
            (
                "pl/cart_reminder.email.j2",
                GOOD_TEXT.replace("{% block opening %}", "{% block opening %}\n\n" + asked),
                3,
                told,
            )
            for asked, told in (
                (
                    "{{ imie }}",
                    "there is no `imie`. The names there are: locale, shop, first_name,",
                ),
                ("{% if itmes %}{% endif %}", "Did you mean `items`?"),
                (
                    "{{ items[0].titel }}",
                    "Did you mean `title`? The names there are: title, quantity,",
                ),
                (
                    "{{ voucher.code }}",
                    "in some messages there is nothing with a `code`. Ask for it first",
                ),
                ("{{ items[9].title }}", "in some messages the list is shorter. Ask for it first"),
                ("{{ more.than }}", "'int object' has no attribute 'than'"),
            )
        ),
        ("layout/pl.j2", "\n\n{% if %}", 3, "Expected an expression"),
        (
            "layout/pl.j2",
            "{% extends layout %}\n{% block heading %}{{ nobody }}{% endblock %}",
            2,
            "nobody",
        ),
    ],
)
def test_a_mistake_names_file_line_and_what_to_do(
    edited: Callable[[str, str], Path], file: str, content: str, line: int | None, told: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        render_email("cart_reminder", facts(), edited(file, content))
    assert (caught.value.file, caught.value.line) == (file, line)
    assert str(caught.value).startswith(f"{file}, line {line}: " if line else f"{file}: ")
    assert told in str(caught.value)
    assert caught.value.fix in str(caught.value)


def test_a_mistake_never_quotes_what_it_choked_on(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_sms.sms.j2", '{{ {"a": 1}.pop(first_name) }}')
    with pytest.raises(TemplateError) as caught:
        render_sms("cart_sms", facts(first_name="Kunegunda"), templates)
    assert "Kunegunda" not in str(caught.value)


def test_a_missing_template_names_those_that_exist() -> None:
    with pytest.raises(TemplateError, match=r"^pl/nope\.email\.j2: .*cart_discount, cart_reminder"):
        render_email("nope", facts())
    with pytest.raises(TemplateError, match=r"^en/cart_reminder\.sms\.j2: .*cart_sms"):
        render_sms("cart_reminder", facts(locale="en"))


def test_a_template_missing_in_one_language_is_found(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/last_call.email.j2", GOOD_TEXT)
    assert missing_files("last_call", Channel.EMAIL, templates) == ["en/last_call.email.j2"]


def test_a_file_that_an_editor_saved_in_another_encoding_is_named(
    edited: Callable[[str, str], Path],
) -> None:
    templates = edited("pl/cart_reminder.email.j2", GOOD_TEXT)
    (templates / "pl/cart_reminder.email.j2").write_bytes("{# łyżka #}".encode("cp1250"))
    with pytest.raises(TemplateError, match=r"^pl/cart_reminder\.email\.j2: .*UTF-8"):
        render_email("cart_reminder", facts(), templates)


def test_a_byte_order_mark_is_not_sent(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_reminder.email.j2", "\ufeff" + GOOD_TEXT)
    assert render_email("cart_reminder", facts(), templates).text.startswith("Cześć")


def test_a_subject_that_a_marketer_wrote_on_two_lines_is_one(
    edited: Callable[[str, str], Path],
) -> None:
    templates = edited(
        "pl/cart_reminder.email.j2", GOOD_TEXT.replace("}A{", "}\n  Twój koszyk\n  czeka\n{")
    )
    assert render_email("cart_reminder", facts(), templates).subject == "Twój koszyk czeka"


def test_only_rendering_imports_jinja2() -> None:
    sources = Path(sys.modules["wracaj"].__path__[0]).rglob("*.py")
    assert [source.name for source in sources if "import jinja2" in source.read_text("utf-8")] == [
        "rendering.py"
    ]
