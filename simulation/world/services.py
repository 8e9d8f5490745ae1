"""The services of AWS but for DynamoDB, SQS and Step Functions: parameters, secrets, mail, SMS and
objects. Each has `do(operation, request)`, and raises RefusedError as the real one does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulation.world.errors import RefusedError

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Left:
    """A message that a provider took: nobody can take it back.

    `began_at`: when the invocation that sent it began. `invoked`: what it was called with.
    `committed`: the number of its last call that wrote to the table; 0: none. `call`: the number of
    the call that this message left with.
    """

    at: datetime
    began_at: datetime
    invoked: Json
    committed: int
    call: int
    channel: str
    to: str
    shop: str
    text: str
    provider_id: str
    subject: str = ""
    html: str = ""
    headers: Json = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class Service:
    """Finds the operation by its name. Unknown operations and parameters are no error of AWS, but
    of this simulation."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def do(self, operation: str, request: Json) -> Json:
        do: Callable[..., Json] = getattr(self, f"_{operation}")
        return do(**request)


class Parameters(Service):
    """Parameter Store."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.values: dict[str, str] = {}

    def _get_parameter(self, *, Name: str) -> Json:  # noqa: N803 (as AWS names it, and all below)
        if Name not in self.values:
            raise RefusedError("ParameterNotFound", Name)
        return {"Parameter": {"Name": Name, "Value": self.values[Name]}}

    def _get_parameters_by_path(self, *, Path: str) -> Json:  # noqa: N803
        names = sorted(name for name in self.values if name.startswith(f"{Path}/"))
        return {"Parameters": [{"Name": name, "Value": self.values[name]} for name in names]}


class Secrets(Service):
    """Secrets Manager."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.values: dict[str, str] = {}

    def _get_secret_value(self, *, SecretId: str) -> Json:  # noqa: N803
        if SecretId not in self.values:
            raise RefusedError("ResourceNotFoundException", SecretId)
        return {"Name": SecretId, "SecretString": self.values[SecretId]}


class Mail(Service):
    """SES v2."""

    def _send_email(
        self,
        *,
        FromEmailAddress: str,  # noqa: N803
        Destination: Json,  # noqa: N803
        Content: Json,  # noqa: N803
        EmailTags: list[Json],  # noqa: N803
        ConfigurationSetName: str,  # noqa: N803
        ReplyToAddresses: tuple[str, ...] = (),  # noqa: N803
    ) -> Json:
        simple, (to,) = Content["Simple"], Destination["ToAddresses"]
        headers = {one["Name"]: one["Value"] for one in simple["Headers"]}
        headers |= {"From": FromEmailAddress, "X-Set": ConfigurationSetName}
        left = self.world.leaves(
            "email",
            to,
            simple["Body"]["Text"]["Data"],
            subject=simple["Subject"]["Data"],
            html=simple["Body"]["Html"]["Data"],
            headers=headers | ({"Reply-To": ReplyToAddresses[0]} if ReplyToAddresses else {}),
            tags={one["Name"]: one["Value"] for one in EmailTags},
        )
        return {"MessageId": left.provider_id}


class Texts(Service):
    """SNS, which sends SMS."""

    def _publish(
        self,
        *,
        PhoneNumber: str,  # noqa: N803
        Message: str,  # noqa: N803
        MessageAttributes: Json,  # noqa: N803
    ) -> Json:
        left = self.world.leaves("sms", PhoneNumber, Message, headers=MessageAttributes)
        return {"MessageId": left.provider_id}


class EndUserMessaging(Service):
    """AWS End User Messaging, which sends SMS and reports what became of each."""

    def _send_text_message(
        self,
        *,
        DestinationPhoneNumber: str,  # noqa: N803
        OriginationIdentity: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        MessageType: str,  # noqa: N803
        ConfigurationSetName: str,  # noqa: N803
        MaxPrice: str,  # noqa: N803
        TimeToLive: int,  # noqa: N803
        Context: dict[str, str],  # noqa: N803
    ) -> Json:
        headers = {
            "OriginationIdentity": OriginationIdentity,
            "MessageType": MessageType,
            "ConfigurationSetName": ConfigurationSetName,
            "MaxPrice": MaxPrice,
            "TimeToLive": TimeToLive,
        }
        left = self.world.leaves(
            "sms", DestinationPhoneNumber, MessageBody, headers=headers, tags=Context
        )
        return {"MessageId": left.provider_id}


class Objects(Service):
    """S3, where the archive is."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.objects: dict[str, bytes] = {}

    def _put_object(
        self,
        *,
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        ContentType: str,  # noqa: N803
        ContentEncoding: str,  # noqa: N803
    ) -> Json:
        assert Bucket and ContentType and ContentEncoding
        self.objects[Key] = Body
        return {}
