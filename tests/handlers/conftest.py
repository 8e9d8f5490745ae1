"""The services that the handlers use, on one emulator. Each test starts with empty caches, as in a
new process."""

import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session

from support.lambdas import SENDER, STAGE, Lambdas, forget_everything
from support.local_stack import Emulator
from wracaj import keyed_hashes
from wracaj.aws import clients
from wracaj.aws.observability import logger, metrics

SLEEPS = {
    "StartAt": "Sleep",
    "States": {"Sleep": {"Type": "Wait", "Seconds": 100_000, "End": True}},
}


@pytest.fixture(scope="session")
def services(emulator_process: Emulator) -> dict[str, str]:
    """What the template makes, and the environment that tells the functions of it."""
    emulator = emulator_process
    clients.client.cache_clear()
    machine, *_ = [
        emulator.client("stepfunctions").create_state_machine(
            name=f"handlers-{timeline}",
            definition=json.dumps(SLEEPS),
            roleArn="arn:aws:iam::000000000000:role/any",
        )
        for timeline in ("abandoned-cart", "data-link", "confirm-consent", "welcome")
    ]
    mail = emulator.client("sesv2")
    mail.create_email_identity(EmailIdentity=SENDER.rpartition("<")[2].rstrip(">"))
    mail.create_configuration_set(ConfigurationSetName="handlers")
    vault = emulator.client("secretsmanager")
    emulator.client("ssm").put_parameter(Name=f"/wracaj/{STAGE}/switch", Value="on", Type="String")
    return emulator.environment | {
        "WRACAJ_STAGE": STAGE,
        "WRACAJ_STATE_MACHINE_PREFIX": machine["stateMachineArn"].removesuffix("abandoned-cart"),
        "WRACAJ_START_QUEUE_URL": emulator.client("sqs").create_queue(QueueName="handlers")[
            "QueueUrl"
        ],
        "WRACAJ_AUDIENCE_QUEUE_URL": emulator.client("sqs").create_queue(
            QueueName="handlers-audiences"
        )["QueueUrl"],
        "WRACAJ_PUBLIC_URL": "https://wracaj.example",
        "WRACAJ_LINK_KEY_ARN": vault.create_secret(Name="handlers-link-key", SecretString="k" * 64)[
            "ARN"
        ],
        "WRACAJ_IDENTIFIERS_KEY_ARN": vault.create_secret(
            Name="handlers-names-key", SecretString="n" * 64
        )["ARN"],
        "WRACAJ_CONFIGURATION_SET": "handlers",
        "WRACAJ_SWITCH": f"/wracaj/{STAGE}/switch",
    }


@pytest.fixture
def lambdas(
    emulator: Emulator, services: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lambdas]:
    for name, value in {**services, "WRACAJ_TABLE": emulator.table}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(metrics.provider, "namespace", "Wracaj")
    # open_store() sets it to the stack's own
    monkeypatch.setattr(keyed_hashes, "_key", keyed_hashes._key)
    # between a client's own retries
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    forget_everything()
    lambdas = Lambdas(emulator, monkeypatch)
    yield lambdas
    forget_everything()
    if lambdas.is_redirected:
        clients.client.cache_clear()


class Log(io.StringIO):
    """Reads what was printed, too."""

    def __init__(self, printed: pytest.CaptureFixture[str]) -> None:
        super().__init__()
        self.printed = printed

    def getvalue(self) -> str:
        self.write("".join(self.printed.readouterr()))
        return super().getvalue()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Log:
    """All that a Lambda's log would hold: what is printed, what Powertools writes, what any library
    warns of."""
    log = Log(capsys)
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    others = logging.StreamHandler(log)
    others.setLevel(logging.WARNING)
    monkeypatch.setattr(logging.getLogger(), "handlers", [*logging.getLogger().handlers, others])
    return log


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request that any AWS client of this process really sends, such as
    "DynamoDB.UpdateItem"."""
    sent: list[str] = []
    send = URLLib3Session.send

    def noting(session: Any, request: Any) -> Any:
        target = request.headers.get("X-Amz-Target", request.url)
        service, _, operation = (
            target.decode() if isinstance(target, bytes) else str(target)
        ).rpartition(".")
        sent.append(f"{service.partition('_')[0]}.{operation}")
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", noting)
    return sent
