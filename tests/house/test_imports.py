"""The rules of imports (docs/architecture.md, "The rooms"): dependencies point inward, and a cold
start loads only what it needs.

The sources are read without running them. Only what a Lambda really loads is measured in a new
process.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from wracaj_cli.house import ROOT

FUNCTIONS = ROOT / "functions"
LAMBDAS = sorted(file.parent.name for file in FUNCTIONS.glob("*/app.py"))
# The packages that talk to the world. Everything else in wracaj/ is pure.
TALKS = {
    f"wracaj.{name}" for name in ("aws", "channels", "outgoing", "platforms", "services", "store")
}
AWS = {"boto3", "botocore"}
WORLD = {
    *AWS,
    "aws_lambda_powertools",
    "urllib3",
    "urllib.request",
    "http",
    "socket",
    "subprocess",
    "requests",
}


def module_name(file: Path) -> str:
    parts = file.relative_to(FUNCTIONS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(file): file for file in sorted(FUNCTIONS.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"))


@cache
def imported(module: str) -> frozenset[str]:
    """Every module named in an import, wherever it stands; `from wracaj import timelines` names
    wracaj.aws.step_functions."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively: write the whole name"
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def reaches(module: str, packages: set[str]) -> set[str]:
    return {name for name in imported(module) if within(name, packages)}


def those(*, under: set[str]) -> list[str]:
    return [module for module in SOURCES if within(module, under)]


PURE = [module for module in SOURCES if within(module, {"wracaj"}) and not within(module, TALKS)]


def test_there_is_something_to_hold() -> None:
    """The rules below would hold for an empty folder."""
    assert {"cart_webhook", "reminder_step", "shopper_link", "timeline_start"} <= set(LAMBDAS)
    assert {
        "wracaj.timelines.decision",
        "wracaj.carts.cart",
        "wracaj.messages.rendering",
        "wracaj.settings.shop",
    } <= set(PURE)
    assert all(those(under={package}) for package in TALKS)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_talks_to_nobody(module: str) -> None:
    assert reaches(module, TALKS | WORLD) == set()


def files_under(folder: Path) -> dict[str, Path]:
    parts = {file: file.relative_to(folder).with_suffix("").parts for file in folder.rglob("*.py")}
    return {".".join(name).removesuffix(".__init__"): file for file, name in parts.items()}


def modules_named(file: Path, known: Mapping[str, Path]) -> set[str]:
    """Of `from package import name` the module `package.name` where there is one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {name if name in known else node.module for name in whole}
    return found & set(known)


@pytest.mark.parametrize("folder", ["functions", "cli", "tests"])
def test_no_circle_among_files(folder: str) -> None:
    """Read from whatever imports stand anywhere in a file, those for annotations included."""
    files = files_under(ROOT / folder)
    sorter = TopologicalSorter({name: modules_named(file, files) for name, file in files.items()})
    sorter.prepare()  # raises CycleError, which names the circle
    assert len(files) > 100


def test_the_front_hall_is_small() -> None:
    """Beside its packages, wracaj/ has ten files at the most."""
    assert len([file for file in (FUNCTIONS / "wracaj").iterdir() if file.is_file()]) <= 10


@pytest.mark.parametrize("module", those(under={"wracaj"}))
def test_the_domain_never_imports_a_lambda(module: str) -> None:
    assert reaches(module, set(LAMBDAS)) == set()


@pytest.mark.parametrize("folder", LAMBDAS)
def test_lambdas_never_import_each_other(folder: str) -> None:
    for module in those(under={folder}):
        assert reaches(module, set(LAMBDAS) - {folder}) == set()


@pytest.mark.parametrize(
    ("package", "others"),
    [("wracaj.platforms", "wracaj.channels"), ("wracaj.channels", "wracaj.platforms")],
)
def test_shops_and_channels_know_neither_each_other_nor_our_state(
    package: str, others: str
) -> None:
    for module in those(under={package}):
        assert (
            reaches(
                module,
                {others, "wracaj.store", "wracaj.aws.step_functions", "wracaj.aws.shop_config"},
            )
            == set()
        )


def test_the_store_knows_neither_shops_nor_channels_nor_timelines() -> None:
    for module in those(under={"wracaj.store"}):
        assert (
            reaches(
                module,
                {
                    "wracaj.platforms",
                    "wracaj.channels",
                    "wracaj.aws.step_functions",
                    "wracaj.aws.shop_config",
                },
            )
            == set()
        )


def test_the_intake_knows_neither_shops_nor_channels_and_is_given_how_to_start_a_timeline() -> None:
    """Whatever Lambda takes a shopper's or a shop's event brings its own adapters."""
    for module in those(under={"wracaj.services.intake"}):
        assert (
            reaches(
                module,
                {
                    "wracaj.platforms",
                    "wracaj.channels",
                    "wracaj.aws.step_functions",
                    "wracaj.aws.shop_config",
                    *AWS,
                },
            )
            == set()
        )


def attributes_called(module: str) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def texts(module: str) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


TABLE_OPERATIONS = {
    *(
        "get_item",
        "put_item",
        "update_item",
        "delete_item",
        "query",
        "scan",
        "batch_get_item",
        "batch_write_item",
    ),
    *("transact_write_items", "transact_get_items", "execute_statement"),
}
OUTSIDE_THE_STORE = [module for module in SOURCES if not within(module, {"wracaj.store"})]


@pytest.mark.parametrize("module", OUTSIDE_THE_STORE)
def test_only_the_store_talks_to_dynamodb_and_knows_its_keys(module: str) -> None:
    assert reaches(module, {"boto3.dynamodb"}) == set()
    assert attributes_called(module) & TABLE_OPERATIONS == set()
    assert {
        text for text in texts(module) if "SHOP#" in text or "LINK#" in text or text in ("PK", "SK")
    } == set()
    if module not in ("wracaj.store", "slim_botocore"):
        assert "dynamodb" not in texts(module)


def test_only_timelines_starts_executions() -> None:
    assert {module for module in SOURCES if "start_execution" in attributes_called(module)} == {
        "wracaj.aws.step_functions"
    }


def test_only_rendering_imports_the_template_engine() -> None:
    assert {module for module in SOURCES if reaches(module, {"jinja2", "markupsafe"})} == {
        "wracaj.messages.rendering"
    }


def test_only_what_encrypts_imports_what_ships_with_few_functions() -> None:
    assert {module for module in SOURCES if reaches(module, {"cryptography"})} == {
        "wracaj.archive.sealing",
        "wracaj.web_push.encryption",
    }
    assert {module for module in SOURCES if reaches(module, {"wracaj.archive.sealing"})} == {
        "archive_replay.replay",
        "archive_writer.writing",
    }
    assert {module for module in SOURCES if reaches(module, {"wracaj.web_push.encryption"})} == {
        "wracaj.channels.web_push"
    }


def test_only_outgoing_calls_anybody_but_aws() -> None:
    """Where a deadline holds for all of a call, and a bound for its answer."""
    ways_out = {"urllib3", "urllib.request", "http.client", "socket", "ssl", "requests"}
    assert {module for module in SOURCES if reaches(module, ways_out)} == {"wracaj.outgoing.http"}


def test_only_aws_makes_clients() -> None:
    assert {module for module in SOURCES if "boto3" in imported(module)} == set()
    assert {module for module in SOURCES if "botocore.session" in imported(module)} == {
        "wracaj.aws.clients"
    }


def test_no_lambda_reaches_around_the_adapters_to_aws() -> None:
    for module in those(under=set(LAMBDAS)):
        assert reaches(module, AWS) == set()


# --- what a cold start loads ----------------------------------------------------------------------

LOADED = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); import {module};"
    " print(json.dumps(sorted(sys.modules)))"
)


@cache
def loaded_by(module: str) -> frozenset[str]:
    code = LOADED.format(module=module)
    told = subprocess.run(
        [sys.executable, "-c", code, str(FUNCTIONS)], capture_output=True, text=True, check=True
    )
    return frozenset(json.loads(told.stdout))


PLATFORMS = {module for module in SOURCES if module.startswith("wracaj.platforms.")}
CHANNELS = {module for module in SOURCES if module.startswith("wracaj.channels.")}
NIGHTLY = {
    *("wracaj.store.campaigns", "wracaj.store.delivery_events", "wracaj.store.scoring"),
    "wracaj.timelines.campaign",
}
TEMPLATES = {"jinja2", "wracaj.messages.rendering"}
HEAVY = {"phonenumbers", "requests", "wracaj.web_push.encryption"}
SENDS_NOTHING = HEAVY | TEMPLATES | {"wracaj.channels", "wracaj.platforms"}
ASKS_SHOPS = {"wracaj.platforms.api_calls"}
NOT_AT_THE_START = {
    "cart_webhook.app": HEAVY | TEMPLATES | {"wracaj.channels"} | PLATFORMS | NIGHTLY,
    "shop_watch.app": SENDS_NOTHING | {"wracaj.services"},
    "shopper_link.app": SENDS_NOTHING,
    "preferences.app": SENDS_NOTHING,
    "archive_replay.app": HEAVY | TEMPLATES | {"wracaj.channels"} | PLATFORMS,
    "archive_writer.app": SENDS_NOTHING | {"wracaj.services"},
    "read_again.app": HEAVY | TEMPLATES | {"wracaj.channels"} | PLATFORMS | NIGHTLY,
    "timeline_resume.app": SENDS_NOTHING,
    "timeline_start.app": SENDS_NOTHING | {"wracaj.store", "pydantic"},
    "loyalty_check.app": HEAVY | TEMPLATES | {"wracaj.channels"} | PLATFORMS,
    "daily_occasions.app": SENDS_NOTHING,
    "nightly_rfm.app": SENDS_NOTHING,
    "audience_sync.app": SENDS_NOTHING,
    "campaign_page.app": SENDS_NOTHING,
    "delivery_events.app": SENDS_NOTHING,
    "messenger_webhook.app": SENDS_NOTHING,
    "reconcile.app": HEAVY | TEMPLATES | {"wracaj.channels"} | PLATFORMS - ASKS_SHOPS,
    "push_subscribe.app": SENDS_NOTHING,
    "storefront_cart.app": SENDS_NOTHING,
    "reminder_step.app": HEAVY | PLATFORMS | CHANNELS,
}


@pytest.mark.parametrize("app", NOT_AT_THE_START)
def test_a_cold_start_loads_only_what_it_needs(app: str) -> None:
    loaded = loaded_by(app)
    assert app in loaded
    assert {name for name in loaded if within(name, NOT_AT_THE_START[app])} == set()


@pytest.mark.parametrize("folder", LAMBDAS)
def test_what_only_annotations_need_is_not_loaded(folder: str) -> None:
    loaded = [node for node in tree(f"{folder}.app").body if isinstance(node, ast.ImportFrom)]
    assert "aws_lambda_powertools.utilities.typing" not in {node.module for node in loaded}


OF_OTHER_EVENTS = {
    *("boto3", "s3transfer", "email_validator", "phonenumbers", "jinja2"),
    *("wracaj.channels", "wracaj.messages", "wracaj.web_push", "wracaj.outgoing"),
    *("wracaj.customers.shopper", "wracaj.customers.customer", "wracaj.customers.data_export"),
    *("wracaj.experiments", "wracaj.orders", "wracaj.timelines.occasion", "wracaj.loyalty.ledger"),
    *("wracaj.services.intake.settling", "wracaj.services.intake.other_events"),
    *("wracaj.platforms.shopify.orders", "wracaj.platforms.shopify.payloads"),
    *("wracaj.platforms.generic", "wracaj.platforms.woocommerce", "wracaj.platforms.shoper"),
}
PARTS_OF_THE_STORE = {
    *("wracaj.store", "wracaj.store.carts", "wracaj.store.change", "wracaj.store.customer_keys"),
    *("wracaj.store.forgotten_carts", "wracaj.store.subject_items", "wracaj.store.table"),
    "wracaj.store.wire",
}
A_LATER_CART_EVENT = (
    "cart_webhook.app, wracaj.platforms.shopify.webhooks, wracaj.platforms.shopify.carts,"
    " wracaj.store.carts"
)


def test_a_later_cart_event_loads_only_what_it_needs() -> None:
    loaded = loaded_by(A_LATER_CART_EVENT)
    assert {name for name in loaded if within(name, OF_OTHER_EVENTS)} == set()
    assert {name for name in loaded if within(name, {"wracaj.store"})} == PARTS_OF_THE_STORE


def test_every_lambda_has_its_cold_start_watched() -> None:
    assert {app.split(".")[0] for app in NOT_AT_THE_START} == set(LAMBDAS)
