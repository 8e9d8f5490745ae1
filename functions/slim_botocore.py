"""Takes out of an installed botocore what no function needs: `python slim_botocore.py FOLDER`.

botocore describes 400 services, with their documentation, in compressed JSON. A client that is made
at a cold start looks at all of them, unpacks its own, and parses every sentence. Here the services
that we use stay, with every operation, without their documentation and uncompressed. What a client
sends and understands stays the same, and so does every endpoint.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

SERVICES = {
    *("dynamodb", "pinpoint-sms-voice-v2", "s3", "secretsmanager", "sesv2", "sns", "sqs", "ssm"),
    "stepfunctions",
    # credentials of other kinds than Lambda's are taken from these
    *("sts", "sso", "sso-oidc", "signin"),
}


def slim(packages: Path) -> None:
    data = packages / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    prefixes = {"sts"}
    for packed in data.rglob("*.json.gz"):
        told = _undocumented(json.loads(gzip.decompress(packed.read_bytes())))
        prefixes.add(told.get("metadata", {}).get("endpointPrefix"))
        _write(packed.with_suffix(""), told)
        packed.unlink()
    _forget_other_endpoints(data / "endpoints.json", prefixes)
    for examples in data.rglob("examples-1.json"):
        examples.unlink()


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
