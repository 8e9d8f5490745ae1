"""Every message is rendered before a deploy, with all facts that it may have."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wracaj.consent.channel import Channel
from wracaj.messages.facts import MessageFacts
from wracaj.messages.template_files import TEMPLATES, template_names
from wracaj_cli import house
from wracaj_cli.timelines.commands import app
from wracaj_cli.timelines.message_check import Sent, from_the_start, unrenderable
from wracaj_cli.timelines.message_samples import samples
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.rules.surroundings import sent
from wracaj_cli.timelines.short_file import ShortFile

Edit = Callable[[str, str], Path]
SHORT = [read_short(read(path)) for path in sorted(house.STATE_MACHINES.glob("*.yaml"))]
NAMED = [message for short in SHORT if isinstance(short, ShortFile) for message in sent(short)]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def changed(templates: Path, file: str, old: str, new: str) -> Path:
    text = (templates / file).read_text("utf-8")
    assert old in text
    (templates / file).write_text(text.replace(old, new, 1), "utf-8")
    return templates


def told(problems: list[Problem], templates: Path) -> list[tuple[str, int, str]]:
    return [(str(one.file.relative_to(templates)), one.line or 0, one.what) for one in problems]


def test_every_message_of_every_timeline_and_of_every_start_can_be_rendered() -> None:
    others = from_the_start([message.template for message in NAMED], TEMPLATES)
    assert {message.template for message in others} >= {
        "campaign_season", "confirm_consent", "confirm_consent_sms",
    }  # fmt: skip
    assert {message.template for message in [*NAMED, *others]} == set(template_names("pl"))
    assert unrenderable([*NAMED, *others], TEMPLATES) == []


@pytest.mark.parametrize(
    ("sent", "file", "old", "new", "line", "what", "fix"),
    [
        (
            Sent("cart_sms", Channel("sms")),
            "pl/cart_sms.sms.j2",
            "tęskni",
            "{{ imie }}",
            2,
            "there is no `imie`",
            "The names there are: locale, shop, first_name, items,",
        ),
        (
            Sent("cart_push", Channel("web_push")),
            "en/cart_push.push.j2",
            "shop.name",
            "shop.nmae",
            5,
            "there is no `nmae`",
            "Did you mean `name`? The names there are: name, address,",
        ),
        (
            Sent("cart_messenger", Channel("messenger")),
            "en/cart_messenger.messenger.j2",
            "shop.name",
            "shp.name",
            5,
            "there is no `shp`",
            "Did you mean `shop`?",
        ),
        (
            Sent("nudge", Channel("email"), "nudge"),
            "pl/nudge.email.j2",
            "near.perks |",
            "near.prks |",
            8,
            "there is no `prks`",
            "Did you mean `perks`?",
        ),
        (
            Sent("reward", Channel("email"), "reward"),
            "layout/given.en.j2",
            "one.points",
            "one.pionts",
            5,
            "there is no `pionts`",
            "Did you mean `points`?",
        ),
        (
            Sent("points_expiring", Channel("email"), "expiring"),
            "en/points_expiring.email.j2",
            "expiring.value }}",
            "expiring.vlaue }}",
            4,
            "there is no `vlaue`",
            "Did you mean `value`?",
        ),
        (
            Sent("programme_invitation", Channel("email"), "invitation"),
            "pl/programme_invitation.email.j2",
            "level.factor }}",
            "level.fctor }}",
            18,
            "there is no `fctor`",
            "Did you mean `factor`?",
        ),
        (
            Sent("cart_reminder", Channel("email")),
            "layout/pl.j2",
            "reaches.perks |",
            "reaches.prks |",
            16,
            "there is no `prks`",
            "Did you mean `perks`?",
        ),
        (
            Sent("cart_discount", Channel("email")),
            "layout/mail.html.j2",
            "item.initial",
            "item.inital",
            129,
            "there is no `inital`",
            "Did you mean `initial`?",
        ),
        (
            Sent("welcome", Channel("email")),
            "pl/welcome.email.j2",
            "{% if voucher %} Obiecany",
            "{{ voucher.code }}{% if voucher %}",
            7,
            "in some messages there is nothing with a `code`",
            "Ask for it first, such as {% if voucher %}",
        ),
        (
            Sent("browse_reminder", Channel("email")),
            "pl/browse_reminder.email.j2",
            "{% if items %}",
            "{% if not items %}",
            4,
            "in some messages the list is shorter",
            "or {% if items %}",
        ),
        (
            Sent("birthday", Channel("email"), "reward"),
            "en/birthday.email.j2",
            "block heading",
            "block headng",
            5,
            "the block headng is shown nowhere",
            "Did you mean heading?",
        ),
        (
            Sent("cart_reminder", Channel("email")),
            "en/cart_reminder.email.j2",
            "block opening",
            "block opning",
            None,
            "Required block 'opening' not found",
            "Add that block",
        ),
        (
            Sent("cart_reminder", Channel("email")),
            "en/cart_reminder.email.j2",
            "endblock",
            "endblok",
            3,
            "Encountered unknown tag 'endblok'",
            "Compare the line",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_fix(
    templates: Path,
    sent: Sent,
    file: str,
    old: str,
    new: str,
    line: int | None,
    what: str,
    fix: str,
) -> None:
    (problem,) = unrenderable([sent], changed(templates, file, old, new))
    assert problem.rule is Rule.RENDERING
    assert (problem.file, problem.line) == (templates / file, line)
    assert what in problem.what
    assert fix in problem.fix


def test_a_mistake_in_each_language_is_told_and_one_of_all_messages_once(templates: Path) -> None:
    for locale in ("pl", "en"):
        changed(
            templates,
            f"{locale}/nudge.email.j2",
            "{% block opening %}",
            "{% block opening %}{{ x }}",
        )
    assert len(unrenderable([Sent("nudge", Channel("email"), "nudge")] * 2, templates)) == 2
    changed(templates, "layout/en.j2", "{{ shop.name }}", "{{ shop.nmae }}")
    assert sorted(told(unrenderable(NAMED, templates), templates)) == [
        ("en/nudge.email.j2", 6, "there is no `x`"),
        ("layout/en.j2", 28, "there is no `nmae`"),
        ("pl/nudge.email.j2", 6, "there is no `x`"),
    ]


def test_a_message_may_only_tell_what_its_step_tells(templates: Path) -> None:
    """The template of a nudge, sent by a step that does not say `content: nudge`."""
    (polish, english) = unrenderable([Sent("nudge", Channel("email"))], templates)
    assert "there is nothing with a `near`" in polish.what
    assert english.file.parent.name == "en"


def test_what_is_tried_is_full_and_bare_with_and_without_a_code() -> None:
    tried = list(samples("pl", None))
    some: list[Callable[[MessageFacts], object]] = [
        lambda facts: facts.first_name,
        lambda facts: facts.why_link,
        lambda facts: facts.voucher,
        lambda facts: facts.more_vouchers,
        lambda facts: facts.loyalty,
        lambda facts: facts.points_balance,
        lambda facts: facts.content.items,
        lambda facts: facts.content.total,
        lambda facts: facts.shop.logo_url,
        lambda facts: facts.shop.email and facts.shop.email.reply_to,
    ]
    assert [{bool(has(facts)) for facts in tried} for has in some] == [{True, False}] * len(some)
    bare = [facts.content.items[0] for facts in tried if len(facts.content.items) == 1]
    assert {(item.title, item.unit_price, item.image_url) for item in bare} == {("", None, None)}


def test_the_command_tells_a_mistake_in_words_and_ends_with_one(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "MESSAGE_TEMPLATES", templates)
    monkeypatch.chdir(templates)
    changed(templates, "pl/campaign_season.email.j2", "Zima", "{{ imie }}")
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["check"])
    assert result.exit_code == 1
    assert "pl/campaign_season.email.j2:3  campaign_season  [rendering]" in result.output
    assert "there is no `imie`" in result.output
    assert "Fix: The names there are: locale, shop, first_name," in result.output
    assert "1 problem." in result.output
