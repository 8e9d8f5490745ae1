"""Access to DynamoDB. Only this package knows the keys of the table.

There is one table, on demand, with the keys PK and SK and one sparse index, `accounts`.
`expires_at` deletes old data for privacy; no logic depends on it. Parts that only some Lambdas need
are imported on first use, so that a shop's webhook does not wait for them.
"""

import os
from functools import cache, cached_property
from typing import TYPE_CHECKING

from wracaj.aws.clients import client
from wracaj.keyed_hashes import keyed_by
from wracaj.store.abandonment_reasons import AbandonmentReasons
from wracaj.store.accounts import Accounts
from wracaj.store.archive_keys import ArchiveKeys
from wracaj.store.audience_outbox import Audiences
from wracaj.store.carts import Carts
from wracaj.store.clicks import Clicks
from wracaj.store.codes import Codes
from wracaj.store.consent_log import ConsentLog
from wracaj.store.counters import Counters
from wracaj.store.customers import Customers
from wracaj.store.data_export import Personal
from wracaj.store.date_index import Days
from wracaj.store.erasure import Erasure
from wracaj.store.grants import Grants
from wracaj.store.message_links import MessageLinks
from wracaj.store.once_markers import Announcements
from wracaj.store.order_credits import OrderCredits
from wracaj.store.orders import Orders
from wracaj.store.page_carts import PageCarts
from wracaj.store.pointers import Pointers
from wracaj.store.product_views import Browsers
from wracaj.store.products import Products
from wracaj.store.push_limits import Subscriptions
from wracaj.store.request_limits import RateLimits
from wracaj.store.step_records import StepRecords
from wracaj.store.table import Table

if TYPE_CHECKING:
    from wracaj.store.campaigns import Campaigns
    from wracaj.store.delivery_events import DeliveryEvents
    from wracaj.store.experiments import Experiments
    from wracaj.store.long_waits import LongWaits
    from wracaj.store.merging import Merging
    from wracaj.store.reconciliation import Reconciliations
    from wracaj.store.scoring import Scoring
    from wracaj.store.webhook_problems import WebhookProblems


class Store:
    def __init__(self, table: Table, archive_keys: Table | None = None) -> None:
        """`archive_keys`: the table of the archive's keys; None where there is no archive."""
        self.table = table
        self.archive_keys = ArchiveKeys(archive_keys) if archive_keys else None
        self.accounts = Accounts(table)
        self.audiences = Audiences(table)
        self.browsers = Browsers(table)
        self.carts = Carts(table)
        self.page_carts = PageCarts(table)
        self.clicks = Clicks(table)
        self.codes = Codes(table)
        self.consent_log = ConsentLog(table)
        self.counters = Counters(table)
        self.customers = Customers(table)
        self.days = Days(table)
        self.rate_limits = RateLimits(table)
        self.erasure = Erasure(table, self.archive_keys)
        self.grants = Grants(table)
        self.message_links = MessageLinks(table)
        self.order_credits = OrderCredits(table)
        self.orders = Orders(table)
        self.personal = Personal(table)
        self.pointers = Pointers(table)
        self.products = Products(table)
        self.abandonment_reasons = AbandonmentReasons(table)
        self.step_records = StepRecords(table)
        self.subscriptions = Subscriptions(table)
        self.announcements = Announcements(table)

    @cached_property
    def campaigns(self) -> "Campaigns":
        from wracaj.store.campaigns import Campaigns

        return Campaigns(self.table)

    @cached_property
    def experiments(self) -> "Experiments":
        from wracaj.store.experiments import Experiments

        return Experiments(self.table)

    @cached_property
    def long_waits(self) -> "LongWaits":
        from wracaj.store.long_waits import LongWaits

        return LongWaits(self.table)

    @cached_property
    def merging(self) -> "Merging":
        from wracaj.store.merging import Merging

        return Merging(self.table)

    @cached_property
    def reconciliations(self) -> "Reconciliations":
        from wracaj.store.reconciliation import Reconciliations

        return Reconciliations(self.table)

    @cached_property
    def delivery_events(self) -> "DeliveryEvents":
        from wracaj.store.delivery_events import DeliveryEvents

        return DeliveryEvents(self.table)

    @cached_property
    def scoring(self) -> "Scoring":
        from wracaj.store.scoring import Scoring

        return Scoring(self.table)

    @cached_property
    def webhook_problems(self) -> "WebhookProblems":
        from wracaj.store.webhook_problems import WebhookProblems

        return WebhookProblems(self.table)


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
    has_archive = "WRACAJ_ARCHIVE_KEYS" in os.environ  # only whoever erases is told of it
    return Store(
        Table(os.environ["WRACAJ_TABLE"], client("dynamodb")),
        open_archive_keys().table if has_archive else None,
    )


@cache
def open_archive_keys() -> ArchiveKeys:
    return ArchiveKeys(Table(os.environ["WRACAJ_ARCHIVE_KEYS"], client("dynamodb")))
