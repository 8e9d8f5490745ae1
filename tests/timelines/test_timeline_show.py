"""`wracaj timeline show`: the table, the Mermaid chart and the picture show what the machine really
does."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from support.frozen_timelines import frozen, with_free_delivery
from wracaj_cli import house
from wracaj_cli.house import STATE_MACHINES
from wracaj_cli.timelines.commands import app
from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.mermaid import as_mermaid
from wracaj_cli.timelines.model import Timeline, TimelineError, timeline
from wracaj_cli.timelines.picture import as_svg
from wracaj_cli.timelines.reading import parse, read

FILE = frozen("abandoned_cart")
pytestmark = pytest.mark.usefixtures("frozen_timelines")


def text_with(**numbers: object) -> str:
    """The timeline with these numbers in `timings`."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    for index, line in enumerate(lines):
        name = line.strip().partition(":")[0]
        if name in numbers and line.startswith("  "):
            lines[index] = f"  {name}: {numbers[name]}"
    return "\n".join(lines)


def a_timeline(**numbers: object) -> Timeline:
    return timeline(parse(text_with(**numbers), Path("abandoned_cart.yaml")))


def shown(tmp_path: Path, **numbers: object) -> str:
    file = tmp_path / FILE.name
    file.write_text(text_with(**numbers), encoding="utf-8")
    return run("show", str(file))


def written(file: Path) -> Path:
    file.write_text(text_with(), encoding="utf-8")
    return file


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, [*arguments])
    assert result.exit_code == code, result.output
    return result.output


def row(output: str, message: str) -> list[str]:
    line = next(line for line in output.splitlines() if f" {message} " in line and "│" in line)
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_the_table_tells_when_what_and_with_which_discount(tmp_path: Path) -> None:
    output = shown(tmp_path)
    assert row(output, "first_email") == [
        "3 h",
        "3 h",
        "e-mail",
        "first_email",
        "cart_reminder",
        "–",
    ]
    assert row(output, "sms") == ["1 d", "1 d 3 h", "SMS", "sms", "cart_sms", "–"]
    assert row(output, "discount_email") == [
        "1 d",
        "2 d 3 h",
        "e-mail",
        "discount_email",
        "cart_discount",
        "10 % for 3 d",
    ]


def test_a_changed_number_shows_and_so_does_every_total_after_it(tmp_path: Path) -> None:
    output = shown(tmp_path, first_email_after_hours=2)
    assert row(output, "first_email")[:2] == ["2 h", "2 h"]
    assert row(output, "sms")[:2] == ["1 d", "1 d 2 h"]
    assert row(output, "discount_email")[:2] == ["1 d", "2 d 2 h"]


def test_it_says_where_a_changed_number_takes_effect(tmp_path: Path) -> None:
    assert "carts that start after the next deploy; running ones keep theirs" in shown(tmp_path)


@pytest.mark.parametrize(
    ("choice", "words"), [("send_without", "is sent without one"), ("skip", "is not sent")]
)
def test_it_says_what_becomes_of_the_mail_without_a_code(
    tmp_path: Path, choice: str, words: str
) -> None:
    assert f"discount_email {words}" in shown(tmp_path, discount_if_unavailable=choice)


def test_a_wait_is_in_the_unit_that_its_number_names() -> None:
    rewritten = text_with().replace("sms_after_hours", "sms_after_minutes")
    assert [message.after for message in timeline(parse(rewritten, FILE)).messages] == [
        10_800,
        1440,
        86_400,
    ]


def test_fractions_of_an_hour_come_out_whole() -> None:
    assert a_timeline(first_email_after_hours=0.333).messages[0].after == 1199


def test_the_chart_asks_before_each_message() -> None:
    chart = as_mermaid(a_timeline(first_email_after_hours=2))
    assert chart.startswith("flowchart LR\n")
    assert 'begun -- "2 h" --> ask1{"Ordered?"}' in chart
    assert [f'ask{number} -- "yes" --> ordered' in chart for number in (1, 2, 3)] == [True] * 3
    assert 'ask3 -- "no" --> send3["e-mail, 10 % off<br/>cart_discount"]' in chart


def test_free_delivery_is_called_so_in_the_table_the_chart_and_the_picture(tmp_path: Path) -> None:
    (tmp_path / FILE.name).write_text(text := with_free_delivery(text_with()), encoding="utf-8")
    output = run("show", str(tmp_path / FILE.name))
    assert row(output, "discount_email")[-1] == "free delivery for 3 d"
    free = timeline(parse(text, Path("abandoned_cart.yaml")))
    assert 'send3["e-mail, free delivery<br/>cart_discount"]' in as_mermaid(free)
    assert ">free delivery for 3 d</text>" in as_svg(free)


@pytest.mark.parametrize(
    ("name", "begins", "last"),
    [
        (
            "after_purchase",
            "since the order,",
            ["7 d", "21 d 1 h", "e-mail", "recommendations", "recommendations", "–"],
        ),
        (
            "win_back",
            "since the last order,",
            ["60 d", "180 d", "e-mail", "fifth_email", "win_back_offer", "15 % for 7 d"],
        ),
        (
            "browse_reminder",
            "since the shopper last looked at a product,",
            ["20 h", "20 h", "e-mail", "browse_email", "browse_reminder", "–"],
        ),
        (
            "welcome",
            "since the subscription,",
            ["3 d", "3 d 30 min", "e-mail", "code_reminder", "welcome_reminder", "10 % for 14 d"],
        ),
    ],
)
def test_every_timeline_says_what_it_begins_with(name: str, begins: str, last: list[str]) -> None:
    output = run("show", name)
    assert begins in output
    assert row(output, last[3]) == last
    assert "cart" not in output.lower()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "high_value_cart",
            {
                "first_email": ["6 h", "6 h", "e-mail", "first_email", "high_value_saved", "–"],
                "discount_email": [
                    "8 d",
                    "16 d 6 h",
                    "e-mail",
                    "discount_email",
                    "high_value_discount",
                    "5 % for 7 d",
                ],
                "final_call": [
                    "5 d",
                    "21 d 6 h",
                    "e-mail",
                    "final_call",
                    "high_value_final_call",
                    "the code again",
                ],
            },
        ),
        (
            "regular_cart",
            {"last_email": ["3 d", "4 d 18 h", "e-mail", "last_email", "regular_last", "–"]},
        ),
    ],
)
def test_a_cart_that_takes_another_timeline_is_a_cart_left_behind(
    name: str, rows: dict[str, list[str]]
) -> None:
    output = run("show", name)
    assert "since the shopper last touched the cart" in output
    assert {step: row(output, step) for step in rows} == rows


def test_a_timeline_of_ones_own_begins_with_what_it_is_about(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.yaml")
    assert "since the shopper last touched the cart," in run("show", str(file))
    file.write_text(file.read_text().replace("about: cart", "about: subscription"))
    assert "since the subscription," in run("show", str(file))


def test_no_two_timelines_are_drawn_as_beginning_with_a_cart() -> None:
    names = ("abandoned_cart", "after_purchase", "win_back", "welcome", "browse_reminder")
    charts = {name: run("show", name, "--mermaid") for name in names}
    assert [name for name, chart in charts.items() if "Cart abandoned" in chart] == [
        "abandoned_cart"
    ]


def test_the_picture_is_well_formed_and_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(as_svg(a_timeline()))
    texts = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
    named_by = root.attrib["aria-labelledby"].split()
    assert [root.attrib["role"], named_by] == ["img", ["title", "desc"]]
    assert {element.attrib["id"] for element in root.iter() if "id" in element.attrib} == set(
        named_by
    )
    assert texts["title"] == "Abandoned cart: the timeline"
    assert "SMS 1 d 3 h after the cart was abandoned" in texts["desc"]
    assert "prefers-color-scheme: dark" in texts["style"]


@pytest.mark.parametrize("content", [as_svg, as_mermaid])
def test_names_cannot_break_the_picture(content: object) -> None:
    good = a_timeline()
    odd = replace(good.messages[1], template='a <b> & "c"')
    drawn = content(replace(good, messages=(good.messages[0], odd)))  # type: ignore[operator]
    assert "<b>" not in drawn
    assert '"c"' not in drawn.replace("&quot;", "")


def test_the_picture_in_the_readme_is_of_this_timeline() -> None:
    current = as_svg(timeline(read(STATE_MACHINES / FILE.name)))
    committed = (house.ROOT / "docs" / "timeline.svg").read_text(encoding="utf-8")
    assert committed == current, "the timeline has changed: run `wracaj timeline write`"


def test_the_picture_is_written_where_asked(tmp_path: Path) -> None:
    file = tmp_path / "picture.svg"
    assert f"wrote {file}" in run("show", "abandoned_cart", "--svg", str(file))
    assert file.read_text(encoding="utf-8").startswith("<svg")


def test_the_chart_alone_is_printed_so_that_it_can_be_piped() -> None:
    assert run("show", "abandoned_cart", "--mermaid").startswith("flowchart LR\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["abandonned_cart"], "did you mean 'abandoned_cart'?"),
        (["nowhere.yaml"], "cannot be read"),
        (["abandoned_cart", "--svg", "/nowhere/at/all.svg"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], words: str) -> None:
    assert words in run("show", *arguments, code=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("_email_after_hours: 3", "_email_after_hours: soon"),
            "line 6: `first_email_after_hours` is soon: not a number",
        ),
        ((", after: sms_after_hours", ""), "goes out without a wait"),
        (("sms: cart_sms", "smss: cart_sms"), "`smss` is nothing that can stand here"),
        (
            ("discount_percent: 10", "discount_percent: a lot"),
            "what a discount gives cannot be worked out",
        ),
    ],
)
def test_a_timeline_that_cannot_be_shown_says_why(change: tuple[str, str], words: str) -> None:
    with pytest.raises(TimelineError, match=words):
        timeline(parse(text_with().replace(*change), FILE))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (2_700, "45 min"),
        (5_400, "1 h 30 min"),
        (97_200, "1 d 3 h"),
        (31_536_000, "365 d"),
    ],
)
def test_durations_read_as_people_say_them(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


@given(st.integers(min_value=0, max_value=10**9))
def test_durations_lose_nothing(seconds: int) -> None:
    sizes = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = in_words(seconds).split()
    assert (
        sum(int(count) * sizes[unit] for count, unit in zip(words[::2], words[1::2], strict=True))
        == seconds
    )
