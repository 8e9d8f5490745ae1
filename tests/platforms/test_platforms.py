import subprocess
import sys
from pathlib import Path

import pytest

from wracaj.errors import UnknownShopError
from wracaj.platforms import PLATFORMS, platform
from wracaj.platforms.generic import webhooks as generic
from wracaj.platforms.shopify import webhooks as shopify
from wracaj.platforms.woocommerce import webhooks as woocommerce

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


def test_a_platform_is_found_by_name() -> None:
    assert (platform("shopify"), platform("generic")) == (shopify, generic)
    assert platform("woocommerce") is woocommerce
    assert set(PLATFORMS) >= {"shopify", "woocommerce", "generic"}


@pytest.mark.parametrize(
    "name", ["", "calls", "bodies", "../shopify", "shopify.verify", "os", "Shopify"]
)
def test_only_names_on_the_list_are_ever_imported(name: str) -> None:
    with pytest.raises(UnknownShopError):
        platform(name)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_cold_start_loads_one_platform_and_no_http_client(name: str) -> None:
    others = [f"wracaj.platforms.{other}" for other in PLATFORMS if other != name]
    heavy = [
        *others,
        "wracaj.outgoing.http",
        "urllib3",
        "phonenumbers",
        "boto3",
        "botocore",
        "jinja2",
    ]
    script = (
        f"import sys\nfrom wracaj.platforms import platform\nplatform({name!r})\nprint([m for m in"
        f" {heavy} if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
