"""Parameter Store holds 8 KB of a shop's settings. The emulator takes any number."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.builders import NOON, some_settings
from wracaj.errors import SettingsError
from wracaj.settings.shop import ShopSettings
from wracaj_cli.shops import registry
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.stored import MOST_BYTES, as_stored
from wracaj_cli.shops.target import Target

ADDRESS = "ul. Żółwia 5"  # three letters of it take two bytes


def with_hosts(number: int, address: str = ADDRESS) -> ShopSettings:
    hosts = [f"host{one}.kubek.example" for one in range(100, 100 + number)]
    return some_settings(recovery_hosts=hosts, postal_address=address)


def test_settings_that_aws_would_refuse_are_refused_before_any_secret_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def client(service: str) -> Any:
        asked.append(service)

    monkeypatch.setattr(registry, "_known", lambda *_: None)
    target = SimpleNamespace(client=client, store=lambda: None, now=lambda: NOON, stage="prod")
    with pytest.raises(SettingsError) as refusal:
        put_shop(cast(Target, target), with_hosts(600), Given())
    ((_, problem),) = refusal.value.problems
    assert "8,192" in problem and "`recovery_hosts`" in problem
    assert not asked


def test_what_fits_to_the_last_byte_is_stored() -> None:
    room = MOST_BYTES - len(as_stored(with_hosts(315)).encode())
    assert 0 < room < 180  # what else an address may take
    assert len(as_stored(with_hosts(315, ADDRESS + room * "5")).encode()) == MOST_BYTES
    with pytest.raises(SettingsError):
        as_stored(with_hosts(315, ADDRESS + (room + 1) * "5"))
