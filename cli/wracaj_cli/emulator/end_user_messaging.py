"""AWS End User Messaging, which MiniStack lacks completely: configuration sets, SendTextMessage,
and receipts.

The messages are kept together with SNS's SMS. Every SMS arrives.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

from wracaj_cli.emulator.footing import module, wrap
from wracaj_cli.emulator.timekeeper import Timekeeper

SERVICE, TARGET = "sms-voice", "PinpointSMSVoiceV2"
CONFIGURATION_SET = "AWS::SMSVOICE::ConfigurationSet"


def end_user_messaging(keeper: Timekeeper) -> None:
    """Add the service. Without it, a stack with a configuration set of this service would not
    deploy, and a shop that uses the service would send nothing."""
    app, provisioners = module("app"), module("services.cloudformation.provisioners")
    topics: dict[str, list[str]] = {}  # configuration set → topics

    def named(*told: Any) -> Any:
        """Create or update a configuration set. The last two arguments are its properties and the
        stack's name."""
        properties = told[-2]
        found = [
            one["SnsDestination"]["TopicArn"]
            for one in properties["EventDestinations"]
            if one["Enabled"]
        ]
        topics[properties["ConfigurationSetName"]] = found
        return properties["ConfigurationSetName"], {}

    async def handle(*asked: Any) -> Any:
        _, _, headers, body, _ = asked
        target, request = headers.get("x-amz-target", ""), json.loads(body)
        if target != f"{TARGET}.SendTextMessage":
            return _answer(400, {"__type": "ValidationException", "Reason": "UNKNOWN_OPERATION"})
        message_id = str(uuid.uuid4())
        module("services.sns")._sms_log_for(request["DestinationPhoneNumber"]).append(
            _kept(request, message_id)
        )
        receipt = json.dumps(_receipt(request, message_id, round(keeper.now().timestamp() * 1000)))
        for topic in topics.get(request.get("ConfigurationSetName", ""), ()):
            module("services.sns")._publish({"TopicArn": topic, "Message": receipt})
        return _answer(200, {"MessageId": message_id})

    provisioners._RESOURCE_HANDLERS[CONFIGURATION_SET] = {
        "create": named,
        "update": named,
        "delete": lambda *_: None,
    }
    module("core.router").SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": [TARGET],
        "host_patterns": [],
    }
    app.SERVICE_HANDLERS[SERVICE] = handle
    module("core.iam_actions").SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    wrap(module("core.iam_actions"), "extract_resource_arn", _with_identity)


def _with_identity(resource_of: Callable[..., str]) -> Callable[..., str]:
    def naming(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
        if service != SERVICE:
            return resource_of(service, method, path, headers, body, *rest)
        _, region, account = rest
        return f"arn:aws:{SERVICE}:{region}:{account}:{json.loads(body).get('OriginationIdentity')}"

    return naming


def _kept(request: dict[str, Any], message_id: str) -> dict[str, Any]:
    sender = {
        "AWS.SNS.SMS.SenderID": {
            "DataType": "String",
            "StringValue": request.get("OriginationIdentity", ""),
        }
    }
    number = request["DestinationPhoneNumber"]
    return {
        "PhoneNumber": number,
        "MessageId": message_id,
        "Message": request["MessageBody"],
        "MessageAttributes": sender,
    }


def _receipt(request: dict[str, Any], message_id: str, now: int) -> dict[str, Any]:
    return {
        "eventType": "TEXT_DELIVERED",
        "eventVersion": "1.0",
        "eventTimestamp": now,
        "messageRequestTimestamp": now,
        "isFinal": True,
        "destinationPhoneNumber": request["DestinationPhoneNumber"],
        "messageId": message_id,
        "messageStatus": "DELIVERED",
        "context": request.get("Context", {}),
    }


def _answer(status: int, told: dict[str, Any]) -> Any:
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(told).encode()
