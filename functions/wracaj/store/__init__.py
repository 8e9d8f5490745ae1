"""Access to DynamoDB. Only this package knows the keys of the table.

There is one table, on demand, with the keys PK and SK and one sparse index, `accounts`.
`expires_at` deletes old data for privacy; no logic depends on it. Each part is imported when it is
first used, so that a shop's webhook waits for no part that it does not need.
"""

import os
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wracaj.aws.clients import client
from wracaj.keyed_hashes import keyed_by
from wracaj.store.table import Table

if TYPE_CHECKING:
    from wracaj.store.abandonment_reasons import AbandonmentReasons
    from wracaj.store.accounts import Accounts
    from wracaj.store.archive_keys import ArchiveKeys
    from wracaj.store.audience_outbox import Audiences
    from wracaj.store.campaigns import Campaigns
    from wracaj.store.carts import Carts
    from wracaj.store.clicks import Clicks
    from wracaj.store.codes import Codes
    from wracaj.store.consent_log import ConsentLog
    from wracaj.store.counters import Counters
    from wracaj.store.customers import Customers
    from wracaj.store.data_export import Personal
    from wracaj.store.date_index import Days
    from wracaj.store.delivery_events import DeliveryEvents
    from wracaj.store.erasure import Erasure
    from wracaj.store.experiments import Experiments
    from wracaj.store.grants import Grants
    from wracaj.store.long_waits import LongWaits
    from wracaj.store.merging import Merging
    from wracaj.store.message_links import MessageLinks
    from wracaj.store.once_markers import Announcements
    from wracaj.store.order_credits import OrderCredits
    from wracaj.store.orders import Orders
    from wracaj.store.page_carts import PageCarts
    from wracaj.store.pointers import Pointers
    from wracaj.store.product_views import Browsers
    from wracaj.store.products import Products
    from wracaj.store.push_limits import Subscriptions
    from wracaj.store.reconciliation import Reconciliations
    from wracaj.store.request_limits import RateLimits
    from wracaj.store.scoring import Scoring
    from wracaj.store.step_records import StepRecords
    from wracaj.store.unsent import Unsent
    from wracaj.store.webhook_problems import WebhookProblems

PARTS = {
    "abandonment_reasons": "abandonment_reasons.AbandonmentReasons",
    "accounts": "accounts.Accounts",
    "announcements": "once_markers.Announcements",
    "audiences": "audience_outbox.Audiences",
    "browsers": "product_views.Browsers",
    "campaigns": "campaigns.Campaigns",
    "carts": "carts.Carts",
    "clicks": "clicks.Clicks",
    "codes": "codes.Codes",
    "consent_log": "consent_log.ConsentLog",
    "counters": "counters.Counters",
    "customers": "customers.Customers",
    "days": "date_index.Days",
    "delivery_events": "delivery_events.DeliveryEvents",
    "erasure": "erasure.Erasure",
    "experiments": "experiments.Experiments",
    "grants": "grants.Grants",
    "long_waits": "long_waits.LongWaits",
    "merging": "merging.Merging",
    "message_links": "message_links.MessageLinks",
    "order_credits": "order_credits.OrderCredits",
    "orders": "orders.Orders",
    "page_carts": "page_carts.PageCarts",
    "personal": "data_export.Personal",
    "pointers": "pointers.Pointers",
    "products": "products.Products",
    "rate_limits": "request_limits.RateLimits",
    "reconciliations": "reconciliation.Reconciliations",
    "scoring": "scoring.Scoring",
    "step_records": "step_records.StepRecords",
    "subscriptions": "push_limits.Subscriptions",
    "unsent": "unsent.Unsent",
    "webhook_problems": "webhook_problems.WebhookProblems",
}


class Store:
    abandonment_reasons: "AbandonmentReasons"
    accounts: "Accounts"
    announcements: "Announcements"
    audiences: "Audiences"
    browsers: "Browsers"
    campaigns: "Campaigns"
    carts: "Carts"
    clicks: "Clicks"
    codes: "Codes"
    consent_log: "ConsentLog"
    counters: "Counters"
    customers: "Customers"
    days: "Days"
    delivery_events: "DeliveryEvents"
    erasure: "Erasure"
    experiments: "Experiments"
    grants: "Grants"
    long_waits: "LongWaits"
    merging: "Merging"
    message_links: "MessageLinks"
    order_credits: "OrderCredits"
    orders: "Orders"
    page_carts: "PageCarts"
    personal: "Personal"
    pointers: "Pointers"
    products: "Products"
    rate_limits: "RateLimits"
    reconciliations: "Reconciliations"
    scoring: "Scoring"
    step_records: "StepRecords"
    subscriptions: "Subscriptions"
    unsent: "Unsent"
    webhook_problems: "WebhookProblems"

    def __init__(self, table: Table, archive_keys: Table | None = None) -> None:
        """`archive_keys`: the table of the archive's keys; None where there is no archive."""
        self.table = table
        self._archive_keys_table = archive_keys

    if not TYPE_CHECKING:  # a misspelt part is found by mypy

        def __getattr__(self, name: str) -> Any:
            """Make a part at its first use. It then stays."""
            if name not in PARTS:
                raise AttributeError(name)
            module, _, kind = PARTS[name].partition(".")
            of_part: Any = getattr(import_module(f"{__name__}.{module}"), kind)
            part = (
                of_part(self.table, self.archive_keys) if name == "erasure" else of_part(self.table)
            )
            setattr(self, name, part)
            return part

    @cached_property
    def archive_keys(self) -> "ArchiveKeys | None":
        from wracaj.store.archive_keys import ArchiveKeys

        return ArchiveKeys(self._archive_keys_table) if self._archive_keys_table else None


@cache
def identifiers_key() -> bytes:
    """Return the key of all keyed hashes. Each stack has its own, created at the first deployment.
    It never changes, and it is restored together with the table."""
    secret: str = client("secretsmanager").get_secret_value(
        SecretId=os.environ["WRACAJ_IDENTIFIERS_KEY_ARN"]
    )["SecretString"]
    return secret.encode()


@cache
def open_store() -> Store:
    keyed_by(identifiers_key)
    dynamodb = client("dynamodb")
    keys = os.environ.get("WRACAJ_ARCHIVE_KEYS")  # only whoever erases is told of it
    return Store(
        Table(os.environ["WRACAJ_TABLE"], dynamodb), Table(keys, dynamodb) if keys else None
    )


@cache
def open_archive_keys() -> "ArchiveKeys":
    from wracaj.store.archive_keys import ArchiveKeys

    return ArchiveKeys(Table(os.environ["WRACAJ_ARCHIVE_KEYS"], client("dynamodb")))
