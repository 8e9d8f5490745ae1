from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from wracaj_cli import preview as module

app = typer.Typer()
app.command()(module.preview)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr("webbrowser.open", addresses.append)
    return addresses


def test_a_mail_is_written_and_opened(tmp_path: Path, opened: list[str]) -> None:
    result = run("cart_reminder", "--out", str(tmp_path / "new"))
    assert result.exit_code == 0
    html, text = (
        tmp_path / "new" / "cart_reminder.pl.html",
        tmp_path / "new" / "cart_reminder.pl.txt",
    )
    assert opened == [html.as_uri()]
    assert "Wróć do koszyka" in html.read_text("utf-8")
    assert text.read_text("utf-8").startswith("Subject: Twój koszyk")


def test_its_pictures_are_seen_without_a_network(tmp_path: Path) -> None:
    run("cart_reminder", "--out", str(tmp_path), "--no-open")
    html = (tmp_path / "cart_reminder.pl.html").read_text("utf-8")
    assert html.count('src="data:image/svg+xml;base64,') == 2
    assert 'src="https:' not in html


def test_nothing_is_opened_when_asked_not_to(tmp_path: Path, opened: list[str]) -> None:
    assert (
        run("cart_discount", "--locale", "en", "--out", str(tmp_path), "--no-open").exit_code == 0
    )
    assert opened == []
    assert "Back to my cart" in (tmp_path / "cart_discount.en.html").read_text("utf-8")


@pytest.mark.parametrize(("option", "there"), [((), True), (("--no-code",), False)])
def test_a_discount_mail_can_be_seen_without_its_code(
    tmp_path: Path, option: tuple[str, ...], there: bool
) -> None:
    run("cart_discount", "--out", str(tmp_path), "--no-open", *option)
    assert ("K7DM-4XRA-PL9C" in (tmp_path / "cart_discount.pl.txt").read_text("utf-8")) == there


KINDS = {
    "percent": ["Twój kod na 10%:", "K7DM-4XRA-PL9C"],
    "amount": ["Twój kod na 20 zł:", "TUL3-HA7R-9XMC"],
    "free_shipping": ["Twój kod na darmową dostawę:", "MYDH-W3LA-4KCX"],
    "gift": ["Twój prezent: Kubek w kropki. Kod:", "FYKE-P4NW-D7JV"],
}


@pytest.mark.parametrize("discount", [*KINDS, "all"])
def test_each_kind_of_code_can_be_seen(tmp_path: Path, discount: str) -> None:
    assert (
        run("cart_discount", "--discount", discount, "--out", str(tmp_path), "--no-open").exit_code
        == 0
    )
    text = (tmp_path / "cart_discount.pl.txt").read_text("utf-8").replace("\u00a0", " ")
    for kind, words in KINDS.items():
        assert [word in text for word in words] == [discount in (kind, "all")] * 2, kind


def test_a_kind_that_there_is_not_is_told(tmp_path: Path) -> None:
    result = run("cart_discount", "--discount", "shipping", "--out", str(tmp_path), "--no-open")
    assert result.exit_code == 2
    assert "percent" in result.stderr


@pytest.mark.parametrize(
    ("template", "told", "untold"),
    [
        ("high_value_saved", ("- Kubek",), ("K7DM-4XRA-PL9C", "%")),
        ("high_value_help", ("- Kubek", "Odpisz na tę wiadomość"), ("K7DM-4XRA-PL9C", "%")),
        ("high_value_discount", ("- Kubek", "K7DM-4XRA-PL9C"), ()),
        ("high_value_final_call", ("- Kubek", "K7DM-4XRA-PL9C"), ()),
        ("regular_last", ("- Kubek",), ("K7DM-4XRA-PL9C", "%")),
        ("thank_you", ("120 punktów, a w sumie już 480", "- Kubek"), ("zł", "K7DM-4XRA-PL9C")),
        ("review_request", ("- Kubek",), ("zł", "K7DM-4XRA-PL9C")),
        ("recommendations", ("- Kubek", "https://kubek.example/kubek"), ("zł", "K7DM-4XRA-PL9C")),
        (
            "programme_invitation",
            ("480 punktów", "Za każde wydane 100 zł", "Złoty: od 2 000 zł"),
            ("- Kubek", "K7DM-4XRA-PL9C"),
        ),
        (
            "browse_reminder",
            ("- Kubek", "https://kubek.example/kubek"),
            ("K7DM-4XRA-PL9C", "Razem"),
        ),
        ("win_back", ("480 punktów",), ("- Kubek", "K7DM-4XRA-PL9C")),
        ("win_back_offer", ("K7DM-4XRA-PL9C",), ("- Kubek",)),
        ("welcome", ("K7DM-4XRA-PL9C",), ("- Kubek", "120")),
        ("welcome_reminder", ("K7DM-4XRA-PL9C",), ("- Kubek", "120")),
    ],
)
def test_each_message_is_shown_as_it_is_meant(
    tmp_path: Path, template: str, told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    assert run(template, "--out", str(tmp_path), "--no-open").exit_code == 0
    text = (tmp_path / f"{template}.pl.txt").read_text("utf-8").replace("\u00a0", " ")
    assert [word for word in told if word not in text] == []
    assert [word for word in untold if word in text.replace("150,00 zł", "")] == []


def test_an_sms_is_shown_with_what_it_costs(tmp_path: Path, opened: list[str]) -> None:
    result = run("cart_sms", "--out", str(tmp_path))
    assert "Kubek i Spolka: " in result.output
    assert "GSM-7, billed as 2 segments" in result.output
    assert opened == []
    assert (tmp_path / "cart_sms.pl.sms.txt").read_text("utf-8").startswith("Kubek i Spolka")


def test_an_unknown_template_lists_those_that_exist(tmp_path: Path) -> None:
    result = run("cart_remainder", "--out", str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "cart_discount, " in result.stderr and ", cart_push" in result.stderr
    assert not (tmp_path / "new").exists()


def test_an_unknown_language_lists_those_that_exist() -> None:
    result = run("cart_sms", "--locale", "de")
    assert result.exit_code == 1
    assert "Use one of: en, pl" in result.stderr


SETTINGS = """
shop: miska
platform: generic
name: Miska & Syn
postal_address: ul. Miła 2, Łódź
url: https://miska.example
recovery_hosts: [miska.example]
email: {sender: "Miska <sklep@miska.example>"}
"""


def test_a_shop_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SETTINGS, "utf-8")
    assert (
        run("cart_reminder", "--shop", str(file), "--out", str(tmp_path), "--no-open").exit_code
        == 0
    )
    assert "Miska &amp; Syn" in (tmp_path / "cart_reminder.pl.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        (b"a: [", "is not YAML"),
        (b"\xb9", "cannot be read"),
        (b"shop: miska", "platform: is missing"),
        (b"", "(file)"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_explained(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "shop.yaml"
    if content is not None:
        file.write_bytes(content)
    result: Any = run("cart_reminder", "--shop", str(file), "--out", str(tmp_path), "--no-open")
    assert result.exit_code == 1
    assert told in result.stderr
