"""The examples in docs/generic-webhooks.md work as described."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.webhook_bodies import GENERIC_SECRET, a_request, settings_of
from wracaj.carts.ids import is_hard_to_guess
from wracaj.clock import real_now
from wracaj.events import CartUpdated, ProductViewed
from wracaj.platforms.generic import webhooks as generic

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "generic-webhooks.md").read_text(
    encoding="utf-8"
)


def _example(language: str, holding: str = "") -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return next(block for block in blocks if holding in block)


def test_the_body_in_the_guide_is_understood() -> None:
    settings = settings_of("generic", recovery_hosts=["shop.example"])
    (cart,) = generic.parse(a_request(_example("json").encode()), settings).told  # type: ignore[misc]
    assert isinstance(cart, CartUpdated)
    assert cart.cart_id == "8f1c0d5e-6a3b-4f0e-9d1c-2b7a5e4c3d21" and is_hard_to_guess(cart.cart_id)
    assert cart.contact.phone == "+48601234567"


def test_the_view_in_the_guide_is_understood() -> None:
    settings = settings_of("generic", recovery_hosts=["shop.example"])
    (view,) = generic.parse(a_request(_example("json", "product.viewed").encode()), settings).told  # type: ignore[misc]
    assert isinstance(view, ProductViewed)
    assert view.product.url == "https://shop.example/mug"


def test_the_python_example_signs() -> None:
    names: dict[str, Any] = {}
    exec(_example("python"), names)
    body = _example("json").encode()
    generic.verify(
        a_request(body, names["sign"](body, GENERIC_SECRET), real_now()), [GENERIC_SECRET]
    )


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_javascript_example_signs(tmp_path: Path) -> None:
    script = tmp_path / "sign.mjs"
    script.write_text(
        _example("js") + f'console.log(JSON.stringify(sign("zażółć", "{GENERIC_SECRET}")));'
    )
    ran = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True)
    generic.verify(
        a_request("zażółć".encode(), json.loads(ran.stdout), real_now()), [GENERIC_SECRET]
    )


@pytest.mark.skipif(not shutil.which("php"), reason="php is not installed")
def test_the_php_example_signs(tmp_path: Path) -> None:
    script = tmp_path / "sign.php"
    script.write_text(
        f'<?php {_example("php")} echo json_encode(sign("zażółć", "{GENERIC_SECRET}"));'
    )
    ran = subprocess.run(["php", str(script)], capture_output=True, text=True, check=True)
    headers = dict(line.split(": ", 1) for line in json.loads(ran.stdout))
    generic.verify(a_request("zażółć".encode(), headers, real_now()), [GENERIC_SECRET])


def test_the_guide_names_every_type() -> None:
    assert [type_ for type_ in generic.TOPICS if f"`{type_}`" not in GUIDE] == []
