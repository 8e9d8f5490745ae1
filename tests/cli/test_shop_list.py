"""`wracaj shop list | remove`, and the JSON output of commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.local_stack import RunningStack
from support.shop_files import GOOD, Wracaj, a_file, named, run, stored
from wracaj.aws.shop_config import secrets_name, settings_name
from wracaj_cli.local import info
from wracaj_cli.main import app
from wracaj_cli.shops import registry
from wracaj_cli.shops.target import Target


def listed(wracaj: Wracaj) -> dict[str, dict[str, Any]]:
    return {one["shop"]: one for one in json.loads(wracaj("list", "--json").stdout)["shops"]}


def test_every_shop_is_listed_with_what_it_runs_on_and_whether_it_is_on(
    wracaj: Wracaj, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("lista-a")))
    wracaj(
        "put",
        a_file(
            tmp_path,
            named(
                "lista-b", GOOD + "enabled: false\ntimelines: [abandoned_cart, after_purchase]\n"
            ),
        ),
    )
    lines = wracaj("list").stdout.splitlines()
    rows = {
        cells[0]: cells[1:]
        for line in lines
        if (cells := [cell.strip() for cell in line.split("│")[1:-1]])
    }
    assert rows["lista-a"] == ["Kubek i Spółka", "generic", "on", "abandoned_cart"]
    assert rows["lista-b"] == [
        "Kubek i Spółka",
        "generic",
        "switched off",
        "abandoned_cart, after_purchase",
    ]
    told = listed(wracaj)["lista-b"]
    assert list(told) == [
        "shop",
        "name",
        "platform",
        "enabled",
        "switched_on_at",
        "timelines",
        "problem",
    ]
    assert (told["enabled"], told["timelines"]) == (False, ["abandoned_cart", "after_purchase"])


def test_a_switch_that_is_off_for_all_is_told(wracaj: Wracaj, target: Target) -> None:
    switch = {"Name": f"/wracaj/{target.stage}/switch", "Type": "String", "Overwrite": True}
    target.client("ssm").put_parameter(Value="off", **switch)
    try:
        assert "Sending is switched off for all of them" in wracaj("list").stdout
        assert json.loads(wracaj("list", "--json").stdout)["switched_on"] is False
    finally:
        target.client("ssm").put_parameter(Value="on", **switch)
    assert "switched off for all" not in wracaj("list").stdout


def broken(target: Target, name: str) -> None:
    """As another version may have stored it."""
    parameter = {"Name": settings_name(target.stage, name), "Type": "String", "Overwrite": True}
    text = target.client("ssm").get_parameter(Name=parameter["Name"])["Parameter"]["Value"]
    target.client("ssm").put_parameter(
        Value=json.dumps(json.loads(text) | {"time_zome": "x"}), **parameter
    )


def test_settings_of_another_version_are_told_in_words_and_can_be_put_again_with_their_secrets(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("stary")))
    before = stored(target, "stary")
    broken(target, "stary")
    told = wracaj("show", "stary")
    assert told.exit_code == 1
    assert "the stored settings of 'stary' cannot be used by this version" in told.stderr
    assert "time_zome: is not a setting; did you mean `time_zone`?" in told.stderr
    assert "did you mean `time_zone`?" in listed(wracaj)["stary"]["problem"]
    assert wracaj("put", a_file(tmp_path, named("stary"))).exit_code == 0
    assert stored(target, "stary") == before


def test_removing_asks_and_a_no_leaves_everything(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zostaje")))
    told = CliRunner().invoke(app, ["shop", "remove", "zostaje"], input="n\n")
    assert told.exit_code == 1
    assert (
        "Remove Kubek i Spółka (zostaje) from the local stack, with its secrets, for good?"
        in told.output
    )
    assert stored(target, "zostaje").id == "zostaje"


def test_a_shop_that_is_removed_is_gone_with_its_secrets_and_what_stays_is_told(
    wracaj: Wracaj, stack: RunningStack, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("odchodzi")))
    told = wracaj("remove", "odchodzi", "--yes")
    assert told.exit_code == 0, told.output
    assert (
        f"What stays in the table {target.table}" in told.stdout
        and "carts for 90 days" in told.stdout
    )
    assert "`wracaj privacy erase-shop odchodzi`" in told.stdout
    vault = target.client("secretsmanager")
    with pytest.raises(vault.exceptions.ResourceNotFoundException):
        vault.get_secret_value(SecretId=secrets_name(target.stage, "odchodzi"))
    assert "odchodzi" not in listed(wracaj)
    assert "odchodzi" not in info(stack.home).shops
    assert "there is no shop 'odchodzi'" in wracaj("remove", "odchodzi", "--yes").stderr
    assert wracaj("put", a_file(tmp_path, named("odchodzi"))).exit_code == 0


def test_a_removed_shop_whose_settings_cannot_be_read_goes_too(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("zepsuty")))
    broken(target, "zepsuty")
    assert wracaj("remove", "zepsuty", "--yes").exit_code == 0
    assert "zepsuty" not in listed(wracaj)


def test_a_shop_of_nearly_that_name_is_named(wracaj: Wracaj, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("porcelana")))
    told = wracaj("show", "porcelna")
    assert (
        "there is no shop 'porcelna' here; did you mean `porcelana`? If not, put its settings with"
        " `wracaj shop put FILE`" in (told.stderr)
    )


def test_scripts_read_settings_addresses_and_suppressions(
    wracaj: Wracaj, target: Target, tmp_path: Path
) -> None:
    wracaj("put", a_file(tmp_path, named("skrypty")))
    shown = json.loads(wracaj("show", "skrypty", "--json").stdout)
    assert (shown["settings"]["shop"], shown["settings"]["send_window"]["opens"]) == (
        "skrypty",
        "09:00:00",
    )
    assert shown["secrets"] == {
        "webhook_secrets": 1,
        **dict.fromkeys(registry.KEPT, False),
    }
    address = json.loads(wracaj("webhooks", "skrypty", "--json").stdout)
    assert address["address"] == f"{target.api_url}/webhooks/generic/skrypty"
    assert "order.created" in address["topics"] and address["messenger"] is None
    assert json.loads(wracaj("webhooks", "skrypty", "--recent", "--json").stdout) == []
    wracaj("test-event", "skrypty", "--email", "ola@skrypty.example")
    assert json.loads(wracaj("suppressions", "skrypty", "ola@skrypty.example", "--json").stdout)[
        0
    ] == {
        "channel": "email",
        "address": "ola@skrypty.example",
        "suppressed": None,
        "soft_bounces_in_a_row": 0,
        "opted_out_at": None,
        "opted_out_by": None,
    }


@pytest.mark.parametrize(
    "command",
    [
        ("shop", "list"),
        ("shop", "show"),
        ("shop", "webhooks"),
        ("shop", "cart"),
        ("shop", "suppressions"),
        ("shopper",),
        ("campaign", "status"),
        ("campaign", "list"),
        ("loyalty",),
        ("report",),
        ("local", "outbox"),
        ("local", "status"),
    ],
)
def test_what_scripts_read_has_json(command: tuple[str, ...]) -> None:
    assert "--json" in run(*command, "--help").stdout
