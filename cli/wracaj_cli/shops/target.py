"""The deployment that a command works on: the local stack, or one in AWS that is named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from wracaj.keyed_hashes import keyed_by
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.house import IN_A_CLONE, LOCAL
from wracaj_cli.local import clients, stack_file


class TargetError(Exception):
    """There is no such deployment. The text says what to do."""


class ArchivePlace(NamedTuple):
    """Where a deployment's archive is: its bucket, the table of its keys, the queue of rows on
    their way, and the function that runs rows again."""

    bucket: str
    keys: str
    queue_url: str
    replay: str


@dataclass(frozen=True)
class Target:
    client: Callable[[str], Any]
    api_url: str
    table: str
    stage: str
    now: Callable[[], datetime]
    nightly_rfm: str  # the state machine that scores customers
    campaign_dispatch: str  # the state machine that starts a campaign's messages
    reminder_step: str  # the function of each step
    identifiers_key: str  # the secret with the key for the table's identifiers
    home: Path | None = None  # directory of the local stack; None in AWS
    archive: ArchivePlace | None = None  # None: of no use to this command
    reconcile: str = ""  # the function that asks shops what no webhook told
    link_key: str = ""  # the secret with the keys that sign links

    @property
    def is_local(self) -> bool:
        return self.home is not None

    def _key(self) -> bytes:
        secret: str = self.client("secretsmanager").get_secret_value(SecretId=self.identifiers_key)[
            "SecretString"
        ]
        return secret.encode()

    def store(self) -> Store:
        if self.identifiers_key:  # without this secret, nobody can be looked up by an identifier
            keyed_by(cache(self._key))
        dynamodb = self.client("dynamodb")
        keys = Table(self.archive.keys, dynamodb) if self.archive else None
        return Store(Table(self.table, dynamodb), keys)


def find_target(stack: str | None, home: Path = LOCAL) -> Target:
    """Return the deployment. AWS is used only if its stack is named. Raises TargetError, or
    LocalStackError if no local stack runs."""
    if not stack and not IN_A_CLONE:
        raise TargetError(
            "No stack is named, and a local one runs from a clone of Wracaj's repository only: this"
            " `wracaj` was installed without it. Name your stack in AWS with --stack, or run this"
            " command from a clone"
        )
    return _in_aws(stack) if stack else local_target(home)


def local_target(home: Path = LOCAL) -> Target:
    running = stack_file.info(home)

    def client(service: str) -> Any:
        return clients.client(service, home)

    return Target(
        client=client,
        api_url=running.api_url,
        table=running.table,
        stage=running.stage,
        now=running.now,
        nightly_rfm=running.nightly_rfm,
        campaign_dispatch=running.campaign_dispatch,
        reminder_step=running.reminder_step,
        identifiers_key=running.identifiers_key_arn,
        home=home,
        archive=ArchivePlace(
            running.archive_bucket,
            running.archive_keys,
            running.archive_queue_url,
            running.archive_replay,
        ),
        reconcile=running.reconcile,
        link_key=running.link_key_arn,
    )


def _in_aws(stack: str) -> Target:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (BotoCoreError, ClientError) as error:
        raise TargetError(
            f"AWS does not show the stack {stack!r}: {str(error).rstrip('.')}. Check the name that"
            " you gave `sam deploy`, the region and your credentials."
        ) from None
    outputs = {
        output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])
    }
    if (
        not {
            "ApiUrl",
            "TableName",
            "Stage",
            "NightlyRfmArn",
            "CampaignDispatchArn",
            "ReminderStepArn",
            "IdentifiersKeyArn",
            "ArchiveBucketName",
            "ArchiveKeysName",
            "ArchiveQueueUrl",
            "ArchiveReplayArn",
            "ReconcileArn",
            "LinkKeyArn",
        }
        <= outputs.keys()
    ):
        raise TargetError(
            f"The stack {stack!r} is none of Wracaj's, or an older one. Give the name that you gave"
            " `sam deploy`, or deploy."
        )
    return Target(
        client=cache(_aws_client),
        api_url=outputs["ApiUrl"],
        table=outputs["TableName"],
        stage=outputs["Stage"],
        now=lambda: datetime.now(UTC),
        nightly_rfm=outputs["NightlyRfmArn"],
        campaign_dispatch=outputs["CampaignDispatchArn"],
        reminder_step=outputs["ReminderStepArn"],
        identifiers_key=outputs["IdentifiersKeyArn"],
        archive=ArchivePlace(
            outputs["ArchiveBucketName"],
            outputs["ArchiveKeysName"],
            outputs["ArchiveQueueUrl"],
            outputs["ArchiveReplayArn"],
        ),
        reconcile=outputs["ReconcileArn"],
        link_key=outputs["LinkKeyArn"],
    )


def _aws_client(service: str) -> Any:
    import boto3

    make: Any = boto3.client
    return make(service)
