"""The demo's own local stack, apart from any other that runs, with four registered shops and their
servers."""

import fcntl
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Literal

from wracaj.settings.shop import Shop, ShopSettings
from wracaj_cli import local
from wracaj_cli.demo.actor import Scene
from wracaj_cli.demo.cast import OUTAGE, goods
from wracaj_cli.demo.fake_shop import GENERIC, FakeShop, open_on_loopback
from wracaj_cli.demo.ledger import Ledger
from wracaj_cli.demo.numbers import with_numbers
from wracaj_cli.demo.rescue.providers import Providers, providers_open
from wracaj_cli.demo.week import KUBEK, LEN, PARAPET, ZIARNA, ZONE
from wracaj_cli.house import LOCAL, ROOT
from wracaj_cli.local import LocalStackError, Outbox, StackInfo
from wracaj_cli.local.stack import DEFAULT_PORT
from wracaj_cli.shops.registry import Given, generate_secret, put_shop
from wracaj_cli.shops.settings_file import read_settings
from wracaj_cli.shops.target import local_target

HOME = LOCAL / "demo"
EXAMPLES = ROOT / "examples" / "shops"
# the speed between two jumps, close to real time; a clock that jumps must be a little faster
SPEED = 1.1
CURTAIN = time(5)  # when the shops are registered, well before the first shopper
SHOPIFY_SECRET = "shpss_" + secrets.token_hex(16)
API_TOKEN = "shpat_" + secrets.token_hex(16)
CONSUMER = ("ck_" + secrets.token_hex(20), "cs_" + secrets.token_hex(20))

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    home: Path
    info: StackInfo
    monday: datetime  # the day on which the demo begins
    scene: Scene
    server: FakeShop
    providers: Providers
    outbox: Outbox

    def client(self, service: str) -> Any:
        return local.client(service, self.home)

    def switch_schedules(self, state: Literal["ENABLED", "DISABLED"]) -> None:
        local.switch_schedules(state, self.home)


@contextmanager
def open_stage(progress: Progress, home: Path = HOME, port: int = DEFAULT_PORT) -> Iterator[Stage]:
    """Start the stack and the servers. They are stopped at the end, even after an error. If `port`
    is in use, the stack takes another. Raises LocalStackError."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "demo.lock").open("a") as lock:
        _be_the_only_one(lock)
        local.down(home)  # one that a demo left behind when it was killed
        try:
            monday = next_monday(datetime.now(UTC))
            with providers_open() as providers:
                info = local.up(SPEED, _free_port(port), progress, begins_at=monday, home=home)
                local.let_push_to(providers.push.url, home)
                providers.keep_time_of(info.now)
                progress("Registering four shops")
                with _open(info, home, monday, providers) as stage:
                    progress("Warming up")
                    local.renew_functions(home, each=1)
                    # else something is always to come, and the demo never ends
                    local.switch_schedules("DISABLED", home, all_day=True)
                    yield stage
        finally:
            local.down(home)


def next_monday(today: datetime) -> datetime:
    date = today.astimezone(ZONE).date()
    monday = date + timedelta(days=7 - date.weekday())
    return datetime.combine(monday, CURTAIN, tzinfo=ZONE)


@contextmanager
def _open(info: StackInfo, home: Path, monday: datetime, providers: Providers) -> Iterator[Stage]:
    outage = tuple(moment.on(monday) for moment in OUTAGE)
    server = FakeShop(
        info.now,
        lambda at: outage[0] <= at < outage[1],
        API_TOKEN,
        generate_secret(),
        goods.EVERYTHING,
        CONSUMER,
    )
    with open_on_loopback(server):
        scene = Scene(
            info.api_url, info.now, _register(home, server, providers), Ledger(), server.takes_off
        )
        yield Stage(home, info, monday, scene, server, providers, local.Outbox(home))


def _register(home: Path, server: FakeShop, providers: Providers) -> dict[str, Shop]:
    target = local_target(home)
    three = {
        KUBEK: Given(SHOPIFY_SECRET, API_TOKEN),
        PARAPET: Given(server.secret),
        ZIARNA: Given(consumer_key=CONSUMER[0], consumer_secret=CONSUMER[1]),
    }
    shops = {
        name: put_shop(target, _settings(name, server.url), given) for name, given in three.items()
    }
    everywhere = providers.settings(_settings(LEN, server.url))
    return shops | {LEN: put_shop(target, everywhere, providers.given(server.secret))}


def _settings(name: str, server_url: str) -> ShopSettings:
    """The example file, with the demo's numbers and the shop's own server on this machine."""
    return served_by(server_url, with_numbers(read_settings(EXAMPLES / f"{name}.yaml")))


def served_by(server_url: str, settings: ShopSettings) -> ShopSettings:
    changes = {
        "shopify": {"admin_url": server_url},
        "woocommerce": {"rest_url": server_url},
        "generic": {"discount_url": server_url + GENERIC},
    }
    section = settings.platform
    changed = getattr(settings, section).model_copy(update=changes[section])
    return settings.model_copy(update={section: changed})


def _be_the_only_one(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LocalStackError(
            "A demo is running already; wait for its end, or stop it with Ctrl-C where it runs"
        ) from None


def _free_port(usual: int) -> int:
    """Return the usual port, or a free one if that is in use."""
    for wanted in (usual, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise LocalStackError("No port is free on this machine")
