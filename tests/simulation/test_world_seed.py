"""A seed gives the same run, byte for byte. Nothing of one process of Lambda reaches another."""

import functools
from collections import deque
from datetime import timedelta
from random import Random
from types import ModuleType
from typing import Any

import pytest
from simulation.world import sources
from simulation.world.faults import FaultPlan
from simulation.world.memory import MEMORY
from simulation.world.world import World

from support.worlds import SHOP, a_world, put_cart
from wracaj import clock, keyed_hashes
from wracaj.aws import clients, link_secret, shop_config
from wracaj_cli.house import ROOT


def story(seed: int) -> str:
    """A cart in much trouble, and all that is known of it afterwards."""
    with World(seed, [SHOP], FaultPlan(rate=0.05)) as world:
        put_cart(world)
        world.run(world.now + timedelta(days=4))
        world.recover()
        kept = [*world.outbox, *world.items(), *world.archive.items(), world.faults_counted]
        return "\n".join([*world.log, *map(str, kept)])


def test_the_same_seed_is_the_same_run() -> None:
    assert story(1) == story(1) != story(2)


def test_afterwards_everything_is_as_before() -> None:
    def looked_at() -> list[Any]:
        return [
            clock.now.__globals__["datetime"],
            clients.client,
            shop_config._cached,
            keyed_hashes._key,
            link_secret._cached,
        ]

    before = looked_at()
    with a_world() as world:
        put_cart(world)
        world.run()
        assert clients.client is not before[1]
    assert looked_at() == before


# Results of functions that depend on their arguments and on files of the deployment alone.
PURE = {
    "wracaj.aws.clients.session",  # only the client that is replaced asks for it
    "wracaj.messages.rendering._environment",
    "wracaj.outgoing.http._trust",
    "wracaj.platforms.shopify.webhooks._reader",
    "wracaj.platforms.unknown_keys._all_names",
    "wracaj.platforms.unknown_keys._names",
    "wracaj.platforms.unknown_keys._parts",
    "wracaj.text.vocative._known",
    "wracaj.timelines.decision._openings",
    "wracaj.timelines.decision._plain",
    "wracaj.timelines.decision._time",
    "wracaj.timelines.decision._wait",
    "wracaj.timelines.decision._width",
}


def kept_results(module: ModuleType) -> set[str]:
    return {
        f"{module.__name__}.{name}"
        for name, value in vars(module).items()
        if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == module.__name__
    }


def test_every_kept_result_is_of_its_process_or_depends_on_nothing() -> None:
    replaced = {id(before) for before, _ in sources._replaced()}
    found: set[str] = set()
    for module in sources.product_modules():
        own = kept_results(module)
        found |= {name for name in own if id(vars(module)[name.rpartition(".")[2]]) not in replaced}
    assert found == PURE


def variables(module: ModuleType) -> set[str]:
    """Collections that a function may change: by our rule their names are in lower case."""
    return {
        f"{module.__name__}.{name}"
        for name, value in vars(module).items()
        if isinstance(value, dict | list | set | deque)
        and name.islower()
        and not name.startswith("__")
    }


def test_every_variable_of_a_module_is_memory_of_a_process() -> None:
    known = {f"{module}.{name}" for module, name, _ in MEMORY}
    found = set().union(*map(variables, sources.product_modules()))
    assert found - known <= {"wracaj.text.plain_text.html5"}


RANDOM = {"time", "random", "secrets", "uuid", "os", "monotonic", "sleep"}


def test_no_module_of_the_product_has_a_source_of_its_own() -> None:
    """What time and chance are taken from is replaced wherever a module has it."""
    left = []
    with a_world():
        for module in sources.product_modules():
            for name, value in vars(module).items():
                own = getattr(value, "__self__", None)
                if isinstance(own, Random) or (name in RANDOM and isinstance(value, ModuleType)):
                    left.append(f"{module.__name__}.{name}")
    assert left == []


@pytest.mark.parametrize("module", ["datetime.now(", "date.today(", "time.time("])
def test_nobody_but_the_clock_asks_for_the_time(module: str) -> None:
    asking = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "functions").rglob("*.py"))
        if module in file.read_text(encoding="utf-8")
    ]
    assert set(asking) <= {"functions/wracaj/clock.py"}
