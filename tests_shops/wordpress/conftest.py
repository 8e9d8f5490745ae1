"""A WordPress with the plugin for all tests of this folder, and a Wracaj that listens."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (
    "tests_shops",
    "tests_shops/wordpress",
    "tests",
    "functions",
    "cli",
    "integrations/woocommerce",
):
    sys.path.insert(0, str(ROOT / folder))

from site_here import Site, Visitor  # noqa: E402
from woocommerce_zip import make_zip  # noqa: E402
from wracaj_here import WracajHere  # noqa: E402


@pytest.fixture(scope="session")
def wracaj_server() -> Iterator[WracajHere]:
    here = WracajHere()
    yield here
    here.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if shutil.which("php") is None:
        pytest.skip("php is not installed (Debian: php-cli php-sqlite3 php-xml php-mbstring)")
    folder = tmp_path_factory.mktemp("wordpress")
    running = Site(folder / "shop")
    running.activate("woocommerce/woocommerce.php")
    running.install(make_zip(folder / "wracaj.zip"))
    yield running
    running.close()


@pytest.fixture
def wracaj(site: Site, wracaj_server: WracajHere) -> WracajHere:
    """Wracaj, connected to the shop, with an empty outbox and nothing received yet."""
    wracaj_server.forget()
    site.php(
        "global $wpdb; $wpdb->query('DELETE FROM wp_wracaj_outbox');"
        " $wpdb->query('DELETE FROM wp_wc_orders');"
        "update_option('stand_in_actions', [], false); delete_option('wracaj_settings');"
        f"(new Wracaj\\WooCommerce\\Settings())->connect('{wracaj_server.key}', time());"
    )
    return wracaj_server


@pytest.fixture
def visitor(site: Site, wracaj: WracajHere) -> Visitor:
    return site.visitor()


@pytest.fixture(autouse=True)
def no_php_notices(site: Site) -> Iterator[None]:
    """Nothing of ours may write into PHP's log: no warning, no notice, nothing deprecated."""
    before = len(site.log())
    yield
    ours = [line for line in site.log()[before:].splitlines() if "/wracaj/" in line]
    assert ours == []
