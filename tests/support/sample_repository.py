"""A repository like ours, with handlers of a few lines. It tests the local stack and not the
product."""

import shutil
from pathlib import Path

from wracaj_cli.house import ROOT

WEBHOOK = """
import json, os
from wracaj.clock import now

def handler(event, context):
    told = {"event": event, "now": now().isoformat(),
        "process": os.getpid(), "stage": os.environ["WRACAJ_STAGE"]}
    return {"statusCode": 200, "body": json.dumps(told)}
"""

STEP = """
import os
import boto3
from wracaj.clock import now

class NotTakenError(Exception):
    pass

tries = boto3.client("dynamodb")

def handler(event, context):
    if event.get("close"):
        return {"outcome": "skipped", "reason": "first text", "wait_seconds": 0}
    key = {"PK": {"S": event["cart_id"]}, "SK": {"S": event["step"]["name"]}}
    counted = tries.update_item(TableName=os.environ["WRACAJ_TABLE"], Key=key,
        UpdateExpression="ADD tries :one",
        ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="ALL_NEW")
    if event["cart_id"] == "not-taken" and counted["Attributes"]["tries"]["N"] == "1":
        raise NotTakenError("a provider that is out\\nfor lunch")
    if event["cart_id"] == "dies" and counted["Attributes"]["tries"]["N"] == "1":
        os._exit(1)
    if event["cart_id"] == "mails" and event["step"]["name"] == "first_email":
        send(event["cart_id"])
    outcome = "ordered" if event["cart_id"] == "buys" else "sent"
    answer = {"outcome": outcome, "reason": "", "wait_seconds": 0}
    return answer | {"at": now().isoformat()}

def send(cart_id):
    boto3.client("sesv2").send_email(
        FromEmailAddress="Kubek <sklep@kubek.example>",
        Destination={"ToAddresses": ["ola@ola.example"]},
        Content={"Simple": {"Subject": {"Data": "Zażółć"},
            "Body": {"Text": {"Data": "tekst"}, "Html": {"Data": "<p>tekst"}},
            "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://x.example>"}]}},
        EmailTags=[{"Name": "message", "Value": "m1"}],
        ConfigurationSetName=os.environ["WRACAJ_CONFIGURATION_SET"])
    boto3.client("sns").publish(PhoneNumber="+48600100200", Message="Żółw",
        MessageAttributes={"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Kubek"}})
"""

LINK = """
import os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl="http://127.0.0.1/q", MessageBody="not allowed to")
"""

START = """
import os
import boto3

def handler(event, context):
    machine = os.environ["WRACAJ_STATE_MACHINE_PREFIX"] + "abandoned-cart"
    for record in event["Records"]:
        boto3.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=record["messageId"], input=record["body"])
    return {"batchItemFailures": []}
"""

IDLE = """
def handler(event, context):
    return None
"""


def a_repository(folder: Path) -> Path:
    """Create the repository. Everything in its stack is ours, except the handlers."""
    from_functions = ("Makefile", "requirements.txt", "timeline_digest.py", "wracaj")
    for kept in (
        "template.yaml",
        *(f"functions/{name}" for name in from_functions),
        "statemachines",
    ):
        target = folder / kept
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / kept).is_dir() else shutil.copy
        copy(ROOT / kept, target)
    idle = dict.fromkeys((file.parent.name for file in (ROOT / "functions").glob("*/app.py")), IDLE)
    handlers = idle | {
        "cart_webhook": WEBHOOK,
        "reminder_step": STEP,
        "shopper_link": LINK,
        "timeline_start": START,
    }
    for name, source in handlers.items():
        (folder / "functions" / name).mkdir()
        (folder / "functions" / name / "app.py").write_text(source)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
