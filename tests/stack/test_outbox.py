"""The messages that the local stack sent, as a person and as a script read them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wracaj_cli.local import SentMessage, commands
from wracaj_cli.local.outbox_pages import write_pages

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAIL = SentMessage(
    channel="email",
    message_id="m1",
    real_at=NOON,
    at=NOON,
    sender="Kubek <s@kubek.example>",
    to="ola@ola.example",
    subject="Koszyk <b>czeka</b>",
    text="Dzień dobry!",
    html="<html><head></head><body><a href='https://x.example'>Wróć</a></body></html>",
    tags={"step": "first_email"},
)
SMS = SentMessage(
    channel="sms",
    message_id="m2",
    real_at=NOON,
    at=NOON + timedelta(days=1),
    sender="KUBEK",
    to="+48600100200",
    text="Hej & cześć",
)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[SentMessage]:
    messages = [MAIL, SMS]
    monkeypatch.setattr(commands, "HOME", tmp_path)
    monkeypatch.setattr(commands, "sent", lambda _: messages)
    monkeypatch.setenv("COLUMNS", "160")
    return messages


def test_the_newest_stands_first_with_when_how_to_whom_and_what() -> None:
    lines = CliRunner().invoke(commands.app, ["outbox"]).output.splitlines()
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")
    ]
    assert rows == [
        ["2026-11-24 12:00", "SMS", "+48600100200", "Hej & cześć"],
        ["2026-11-23 12:00", "e-mail", "ola@ola.example", "Koszyk <b>czeka</b>"],
    ]


def test_json_has_the_keys_that_the_page_of_operations_names() -> None:
    told = json.loads(CliRunner().invoke(commands.app, ["outbox", "--json"]).stdout)
    assert [one["message_id"] for one in told] == ["m2", "m1"]
    assert {
        "channel",
        "message_id",
        "at",
        "sender",
        "to",
        "subject",
        "text",
        "html",
        "headers",
        "tags",
    } <= told[0].keys()
    assert told[1]["at"] == "2026-11-23T12:00:00Z"


def test_an_empty_outbox_says_how_to_get_a_mail(sent: list[SentMessage]) -> None:
    sent.clear()
    assert "--send-to" in CliRunner().invoke(commands.app, ["outbox"]).output
    assert json.loads(CliRunner().invoke(commands.app, ["outbox", "--json"]).stdout) == []


@pytest.mark.parametrize("there_is_a_browser", [True, False])
def test_the_messages_open_in_the_browser_or_say_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there_is_a_browser: bool
) -> None:
    opened: list[str] = []

    def browser(page: str) -> bool:
        opened.append(page)
        return there_is_a_browser

    monkeypatch.setattr("webbrowser.open", browser)
    told = CliRunner().invoke(commands.app, ["outbox", "--open"])
    assert opened == [(tmp_path / "outbox" / "index.html").as_uri()]
    assert opened[0] in told.stderr
    assert ("No browser was found" in told.stderr) is not there_is_a_browser


def test_the_pages_lead_to_each_message_and_nothing_in_one_is_taken_for_a_page(
    tmp_path: Path,
) -> None:
    index = write_pages([SMS, MAIL], tmp_path / "outbox").read_text("utf-8")
    assert index.index("Hej &amp; cześć") < index.index("Koszyk &lt;b&gt;czeka&lt;/b&gt;")
    mail = (tmp_path / "outbox" / "0002.html").read_text("utf-8")
    assert (
        "Kubek &lt;s@kubek.example&gt;" in mail and "&lt;base target=&#34;_blank&#34;&gt;" in mail
    )
    assert "sandbox=" in mail and "Dzień dobry!" in mail
    assert "Hej &amp; cześć" in (tmp_path / "outbox" / "0001.html").read_text("utf-8")


def test_pages_of_an_earlier_look_are_gone(tmp_path: Path) -> None:
    write_pages([SMS, MAIL], tmp_path / "outbox")
    write_pages([MAIL], tmp_path / "outbox")
    assert sorted(file.name for file in (tmp_path / "outbox").iterdir()) == [
        "0001.html",
        "index.html",
    ]
