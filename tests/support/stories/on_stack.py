"""The same stories on the whole local stack: webhooks over HTTP, the real machines, the real links.
They are slower; start them with

pytest tests/identity tests/stories --stories=stack
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from support.local_stack import RunningStack
from support.page_carts import post_report
from support.stories.bodies import PLATFORMS
from support.stories.cloud import Delivery, Json, Start
from support.stories.player import Execution, Player
from support.stories.story import Story
from support.timeline_on_stack import visit
from wracaj.discounts.code import DiscountTerms
from wracaj.settings.shop import Shop
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop, remove_shop
from wracaj_cli.shops.target import Target, local_target

MIDDAY = 12  # o'clock in UTC, when each story begins


@dataclass
class OnStack:
    """A replacement for `Cloud`. Executions that earlier stories left are stopped, so that they
    send nothing into this story."""

    stack: RunningStack
    sent_before: int = 0
    shops: list[str] = field(default_factory=list)

    @property
    def public_url(self) -> str:
        return self.stack.info.api_url.rstrip("/")

    @property
    def time(self) -> datetime:
        return self.stack.now()

    @property
    def target(self) -> Target:
        return local_target(self.stack.home)

    @property
    def sent(self) -> list[Delivery]:
        return [_as_delivery(message) for message in self.stack.outbox()[self.sent_before :]]

    def begin(self, shop: Shop, codes: dict[DiscountTerms, list[str]]) -> Story:
        machines = self.stack.client("stepfunctions")
        for arn in self.stack.info.state_machines.values():
            running = machines.list_executions(
                stateMachineArn=arn, statusFilter="RUNNING", maxResults=1000
            )["executions"]
            for each in running:
                machines.stop_execution(executionArn=each["executionArn"])
        midday = self.time.replace(hour=MIDDAY, minute=0, second=0, microsecond=0) + timedelta(
            days=1
        )
        self.stack.skip(midday - self.time)
        self.sent_before = len(self.stack.outbox())
        registered = put_shop(self.target, shop.settings, Given(shop.secrets.webhook_secrets[0]))
        for worth, uploaded in codes.items():
            self.target.store().codes.upload(shop.id, worth, uploaded)
        self.shops.append(registered.id)
        return StoryOnStack(self, registered, PLATFORMS[shop.settings.platform]())

    def leave(self) -> None:
        """Remove the shops of this story. A shop that stays makes each later night longer."""
        for shop in self.shops:
            remove_shop(self.target, shop)


@dataclass
class StoryOnStack(Story):
    cloud: OnStack  # type: ignore[assignment]
    player: Player = field(init=False)  # unused, because the state machines play

    def __repr__(self) -> str:
        return super().__repr__()

    def tell(self, topic: str, body: Json, *, status: int = 200) -> Json:
        answer = post_webhook(self.cloud.stack.info.api_url, self.shop, topic, body)
        assert answer.status == status, (topic, answer)
        return {"statusCode": answer.status, "json": answer.body}

    def page(self, body: Json, *, status: int = 200) -> Json:
        answered, told = post_report(self.cloud.public_url, self.shop, body)
        assert answered == status, (body, told)
        return {"statusCode": answered, "json": told}

    def days(self, days: float) -> None:
        self.cloud.stack.skip(timedelta(days=days))

    def timelines_of(self, cart: str) -> list[Execution]:
        machines, found = self.cloud.stack.client("stepfunctions"), []
        for timeline, arn in self.cloud.stack.info.state_machines.items():
            for each in machines.list_executions(stateMachineArn=arn, maxResults=1000)[
                "executions"
            ]:
                told = json.loads(
                    machines.describe_execution(executionArn=each["executionArn"])["input"]
                )
                if (told.get("shop"), told.get("cart_id")) == (self.shop.id, cart):
                    start = Start(timeline, each["name"], told, each["startDate"])
                    found.append(Execution(start, start.at, ""))
        return found

    def _visit(self, method: str, path: str, form: str) -> Json:
        status, headers, body = visit(
            f"{self.cloud.public_url}{path}", method, form.encode() if method == "POST" else None
        )
        is_json = body and "json" in headers.get("content-type", "")
        return {
            "statusCode": status,
            "headers": headers,
            "body": body,
            "json": json.loads(body) if is_json else None,
        }


def _as_delivery(message: SentMessage) -> Delivery:
    return Delivery(
        message.channel,
        message.to,
        message.at,
        message.text,
        message.subject,
        message.html or "",
        message.tags,
    )
