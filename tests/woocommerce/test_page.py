"""The page docs/shops/woocommerce.md: its settings are accepted, and what it names exists."""

from pathlib import Path

from support.doc_pages import blocks
from support.woocommerce_plugin import PLUGIN
from wracaj_cli.house import ROOT
from wracaj_cli.shops.settings_file import read_settings

PAGE = (ROOT / "docs" / "shops" / "woocommerce.md").read_text(encoding="utf-8")


def code_of_the_plugin() -> str:
    return "".join(file.read_text(encoding="utf-8") for file in PLUGIN.rglob("*.php"))


def test_the_settings_on_the_page_can_be_put(tmp_path: Path) -> None:
    (text,) = blocks(PAGE, "yaml") or [""]
    file = tmp_path / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    settings = read_settings(file)
    assert settings.platform == "generic" and settings.recovery_hosts == ("kubek.example",)
    assert str(settings.generic.discount_url).endswith("/wp-json/wracaj/v1/discount")
    code = code_of_the_plugin()
    assert "'wracaj/v1'" in code and "'/discount'" in code


def test_the_hooks_and_names_on_the_page_are_the_plugins() -> None:
    code = code_of_the_plugin()
    for name in (
        "wracaj_consent",
        "woocommerce_checkout_after_customer_details",
        "_wracaj_cart_id",
    ):
        assert name in PAGE and f"'{name}'" in code


def test_every_event_on_the_page_is_one_that_the_plugin_sends() -> None:
    code = code_of_the_plugin()
    table = PAGE.split("## What is reported")[1].split("**Cart ids**")[0]
    rows = [row.split("|")[2] for row in table.splitlines() if row.startswith("| ")][2:]
    events = {word for cell in rows for word in cell.split("`") if "." in word}
    assert len(events) >= 12
    assert [event for event in events if f"'{event}'" not in code] == []
