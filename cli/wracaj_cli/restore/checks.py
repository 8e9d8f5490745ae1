"""What must be so before anything is brought back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj.errors import WracajError
from wracaj_cli.shops.target import Target

SWITCH_KNOWN_AFTER = timedelta(minutes=5)  # functions keep the switch for as long
OLDEST_COPY = datetime(2020, 1, 1, tzinfo=UTC)


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


def moment_of(copy: dict[str, Any], told: datetime | None, target: Target) -> datetime:
    """Return the moment whose items the copy has. A moment that is too late would bring back who
    was erased before it. Raises RestoreError."""
    summary: datetime | None = copy.get("RestoreSummary", {}).get("RestoreDateTime")
    if told is None and summary is None:
        raise RestoreError(
            "AWS does not say of which moment this copy is. Say it with --moment, such as"
            " --moment 2026-11-21T14:30+01:00"
        )
    if told is not None:
        # the emulator restores by the real clock, which is behind the local stack's
        _check_told(told, target.now(), None if target.is_local else summary)
    moment = told or summary
    assert moment
    return moment.astimezone(UTC)


def _check_told(told: datetime, now: datetime, summary: datetime | None) -> None:
    if told.tzinfo is None:
        raise RestoreError(
            f"--moment {told:%Y-%m-%dT%H:%M} has no offset: write it as"
            f" {told:%Y-%m-%dT%H:%M}+01:00, or with a Z for UTC"
        )
    written = told.isoformat(timespec="minutes")
    if told < OLDEST_COPY:
        raise RestoreError(f"--moment {written}: no copy is as old as that. Look at the year")
    if told > now:
        raise RestoreError(
            f"--moment {written} is still to come; it is {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            " now"
        )
    if summary and told > summary:
        raise RestoreError(
            f"--moment {written}: AWS says this copy is of"
            f" {summary.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC; leave --moment out"
        )


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
