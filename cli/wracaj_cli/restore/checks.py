"""What must be so before anything is brought back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj.errors import WracajError
from wracaj_cli.shops.target import Target

SWITCH_KNOWN_AFTER = timedelta(minutes=5)  # functions keep the switch for as long


class RestoreError(WracajError):
    """Nothing can be brought back like this."""


def described(target: Target, table: str) -> dict[str, Any]:
    """Return what AWS says of the copy. Raises RestoreError."""
    dynamodb = target.client("dynamodb")
    if table in {target.table, target.archive.keys if target.archive else ""}:
        raise RestoreError(
            f"{table} is the stack's own table. Give the name of the copy:"
            " `aws dynamodb restore-table-to-point-in-time` makes one"
        )
    try:
        found: dict[str, Any] = dynamodb.describe_table(TableName=table)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        raise RestoreError(
            f"there is no table {table!r} in this account and region."
            " `aws dynamodb list-tables` shows them; a restore takes from minutes to hours"
        ) from None
    if found["TableStatus"] != "ACTIVE":
        raise RestoreError(
            f"{table} is {found['TableStatus']}: AWS has not restored all of it yet. Wait for"
            f" `aws dynamodb wait table-exists --table-name {table}`"
        )
    keys = {(key["AttributeName"], key["KeyType"]) for key in found["KeySchema"]}
    if keys != {("PK", "HASH"), ("SK", "RANGE")}:
        raise RestoreError(f"{table} is no copy of a table of Wracaj: its keys are others")
    return found


def moment_of(copy: dict[str, Any], told: datetime | None) -> datetime:
    """Return the moment whose items the copy has. Raises RestoreError."""
    summary: datetime | None = copy.get("RestoreSummary", {}).get("RestoreDateTime")
    moment = told or summary
    if moment is None:
        raise RestoreError(
            "AWS does not say of which moment this copy is. Say it with --moment, such as"
            " --moment 2026-11-21T14:30+01:00"
        )
    if moment.tzinfo is None:
        raise RestoreError(
            f"--moment {moment:%Y-%m-%dT%H:%M} has no offset: write it as"
            f" {moment:%Y-%m-%dT%H:%M}+01:00, or with a Z for UTC"
        )
    return moment.astimezone(UTC)


def require_switched_off(target: Target) -> None:
    """Raises RestoreError while messages may leave: what was sent is known again only after all of
    it is back."""
    name = f"/wracaj/{target.stage}/switch"
    found = target.client("ssm").get_parameter(Name=name)["Parameter"]
    if found["Value"].strip().lower() != "off":
        raise RestoreError(
            "messages are switched on, and what was sent already may be missing. First"
            f" `aws ssm put-parameter --name {name} --value off --overwrite`, and wait five minutes"
        )
    since = datetime.now(UTC) - found["LastModifiedDate"]
    if since < SWITCH_KNOWN_AFTER and not target.is_local:
        raise RestoreError(
            f"messages were switched off {since.seconds} seconds ago, and functions know it after"
            " five minutes. Wait so long, and say the same again"
        )
