"""Takes out of an installed botocore what no function needs: `python slim_botocore.py FOLDER`.

botocore describes 400 services in compressed JSON, each operation and every sentence about it. A
client that is made at a cold start looks which services there are, unpacks its own, and parses all
of it. Here the operations that we use stay, uncompressed and without documentation. What a client
sends and understands stays the same, and so do the endpoints of every partition and region, with
FIPS and dual-stack: their rules are kept as they are.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# service → the operations that our code uses; tests/house/test_layer.py holds that none is missing
OPERATIONS = {
    "dynamodb": {
        *("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan"),
        *("TransactWriteItems", "UpdateItem"),
    },
    "pinpoint-sms-voice-v2": {"SendTextMessage"},
    "s3": {"PutObject"},
    "secretsmanager": {"GetSecretValue"},
    "sesv2": {"SendEmail"},
    "sns": {"Publish"},
    "sqs": {"ChangeMessageVisibility", "SendMessage", "SendMessageBatch"},
    "ssm": {"GetParameter", "GetParametersByPath"},
    "stepfunctions": {"DescribeExecution", "StartExecution"},
}


def slim(packages: Path) -> None:
    data = packages / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in OPERATIONS:
            shutil.rmtree(folder)
    prefixes: set[str] = set()
    for packed in data.rglob("*.json.gz"):
        told = _undocumented(json.loads(gzip.decompress(packed.read_bytes())))
        if packed.name.startswith("service-"):
            prefixes.add(told["metadata"]["endpointPrefix"])
            _keep_operations(told, OPERATIONS[packed.parts[-3]])
        _write(packed.with_suffix(""), told)
        packed.unlink()
    _forget_other_endpoints(data / "endpoints.json", prefixes)
    for examples in data.rglob("examples-1.json"):
        examples.unlink()


def _keep_operations(service: Any, names: set[str]) -> None:
    """Keep these operations, and the shapes that they lead to. An error keeps its shape, by which
    it is raised."""
    service["operations"] = {name: service["operations"][name] for name in sorted(names)}
    reached: set[str] = set()
    waiting = set(_shapes_in(service["operations"]))
    while waiting:
        reached |= waiting
        waiting = {one for name in waiting for one in _shapes_in(service["shapes"][name])} - reached
    shapes = service["shapes"]
    service["shapes"] = {
        name: shapes[name] for name in shapes if name in reached or shapes[name].get("exception")
    }


def _shapes_in(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if isinstance(told.get("shape"), str):
            yield told["shape"]
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from _shapes_in(one)


def _forget_other_endpoints(file: Path, prefixes: set[str]) -> None:
    """Every partition and region stays, with the endpoints of our services."""
    told = json.loads(file.read_text(encoding="utf-8"))
    for partition in told["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    _write(file, told)


def _write(file: Path, told: Any) -> None:
    file.write_text(json.dumps(told, separators=(",", ":")), encoding="utf-8")


def _undocumented(told: Any) -> Any:
    """Texts alone: a member that is named `documentation` is an object."""
    if isinstance(told, dict):
        return {
            key: _undocumented(value)
            for key, value in told.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    return [_undocumented(one) for one in told] if isinstance(told, list) else told


if __name__ == "__main__":
    slim(Path(sys.argv[1]))
