"""Everything that differs from run to run, taken from one seed while a story runs: time, waiting,
randomness, ids, keys, and the memory of processes.

Only the product's own modules are touched, by replacing what they have imported. So nothing else in
this Python notices, and a module that imports something new is noticed by a test.
"""

import os
import random
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

import wracaj
from simulation.world.memory import remembered
from wracaj import clock, store
from wracaj.aws import clients, observability, shop_config
from wracaj.outgoing import http
from wracaj.store import table
from wracaj.web_push import encryption

if TYPE_CHECKING:
    from simulation.world.world import World

FUNCTIONS = Path(wracaj.__file__).parents[1]
_active: "list[World]" = []
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def active() -> "World":
    return _active[-1]


@contextmanager
def taken_from(world: "World") -> Iterator[None]:
    """Let the product run in this world. Afterwards everything is as before."""
    places = _places()
    before = [(module, name, module[name]) for module, name in remembered()]
    for module, name, value, _ in places:
        module[name] = value
    _active.append(world)
    try:
        yield
    finally:
        _active.pop()
        for module, name, _, original in places:
            module[name] = original
        for module, name, value in before:
            module[name] = value


@cache
def product_modules() -> list[ModuleType]:
    """Every module of the functions, imported. None is left that a run would import later with the
    replaced names in it."""
    names = sorted(
        ".".join(file.relative_to(FUNCTIONS).with_suffix("").parts)
        for file in FUNCTIONS.rglob("*.py")
    )
    modules = [import_module(name.removesuffix(".__init__")) for name in names]
    return [one for one in modules if Path(str(one.__file__)).is_relative_to(FUNCTIONS)]


@cache
def _places() -> list[tuple[dict[str, Any], str, Any, Any]]:
    """Return (module's names, name, what it becomes, what it is)."""
    became = {id(before): after for before, after in _replaced()}
    found = [
        (vars(module), name, became[id(value)], value)
        for module in product_modules()
        for name, value in list(vars(module).items())
        if id(value) in became
    ]
    provider: Any = observability.metrics.provider
    return [
        *found,
        (vars(clock), "datetime", VirtualDatetime, datetime),
        (vars(provider), "flush_metrics", lambda **_: None, provider.flush_metrics),
    ]


def _replaced() -> list[tuple[Any, Any]]:
    return [
        (time, _like(time, time=_seconds, monotonic=_seconds, sleep=_sleep)),
        (time.monotonic, _seconds),
        (time.time, _seconds),
        (time.sleep, _sleep),
        (random.random, lambda: active().dice.random()),
        (table._jitter, lambda: active().dice.random()),
        (secrets, _like(secrets, **_SECRETS)),
        (uuid, _like(uuid, uuid4=lambda: uuid.UUID(bytes=_bytes(16), version=4))),
        (os, OS),
        (futures.ThreadPoolExecutor, OneAfterTheOther),
        (encryption.new_private_key, _private_key),
        (http.exchange, lambda *told, **named: active().internet(*told, **named)),
        (clients.client, lambda service, **how: active().client(service, **how)),
        (store.open_store, _kept_by_process("store", store.open_store)),
        (store.identifiers_key, _kept_by_process("names", store.identifiers_key)),
        (store.open_archive_keys, _kept_by_process("keys", store.open_archive_keys)),
        (shop_config.stored_settings, _settings_of),
        (observability.logger, LOGGER),
        (observability.count, lambda name, value=1: active().count(name, value)),
    ]


def _like(module: ModuleType, **changed: Any) -> SimpleNamespace:
    return SimpleNamespace(**(vars(module) | changed))


def _seconds() -> float:
    return active().seconds


def _sleep(seconds: float) -> None:
    active().sleep(seconds)


def _bytes(many: int) -> bytes:
    return active().dice.randbytes(many)


_SECRETS: dict[str, Any] = {
    "choice": lambda members: active().dice.choice(members),
    "randbelow": lambda most: active().dice.randrange(most),
    "token_bytes": _bytes,
    "token_hex": lambda many: _bytes(many).hex(),
    "token_urlsafe": lambda many: _bytes(many).hex(),
}
OS = _like(os, urandom=_bytes, environ={})
"""`environ` is that of the function that runs, see processes.py."""


class VirtualDatetime(datetime):
    """In place of `datetime` in clock.py, which alone asks it for the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        now = active().now
        return now if tz is UTC else now.astimezone(tz or UTC)


def _private_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(active().dice.randrange(1, ORDER_OF_P256), ec.SECP256R1())


class OneAfterTheOther:
    """In place of a pool of threads, whose order nobody could repeat."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> "OneAfterTheOther":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, action: Callable[..., Any], *told: Any) -> Iterator[Any]:
        return iter([action(*one) for one in zip(*told, strict=False)])

    def submit(self, action: Callable[..., Any], *told: Any, **named: Any) -> Any:
        future: futures.Future[Any] = futures.Future()
        try:
            future.set_result(action(*told, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def _kept_by_process(name: str, original: Any) -> Callable[[], Any]:
    """In place of a function with functools.cache: each process of Lambda has a result of its
    own."""
    make = original.__wrapped__

    def kept() -> Any:
        kept = active().process.kept
        if name not in kept:
            kept[name] = make()
        return kept[name]

    return kept


_settings_of = lru_cache(maxsize=2000)(shop_config.stored_settings)
"""Settings are frozen, so those of one text are read once for all processes and stories."""


class Logger:
    """What the functions log, as a line in the world's log."""

    def info(self, message: str, **more: Any) -> None:
        """Nothing: steps and webhooks have lines of their own."""

    debug = info

    def warning(self, message: str, **more: Any) -> None:
        active().note("warning", message, **more.get("extra", {}))

    def error(self, message: str, **more: Any) -> None:
        active().note("error", message, **more.get("extra", {}))

    exception = error

    def set_correlation_id(self, _: Any) -> None:
        """Nothing, as the two below: the world knows what runs."""

    def append_keys(self, **_: Any) -> None:
        pass

    def remove_keys(self, _: Any) -> None:
        pass


LOGGER = Logger()
