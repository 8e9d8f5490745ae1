"""SMS through Amazon SNS; or through End User Messaging, where the shop says so."""

from wracaj.aws import client
from wracaj.channels import OutgoingMessage, end_user_messaging
from wracaj.channels.outcome import told_apart

REFUSALS = frozenset({"InvalidParameter", "InvalidParameterValue"})
GONE = frozenset({"OptedOut"})


def send(message: OutgoingMessage) -> str:
    sms = message.shop.settings.sms
    if sms.through == "end_user_messaging":
        return end_user_messaging.send(message)
    attributes = {"SMSType": "Promotional", "MaxPrice": format(sms.max_price_usd, "f")}
    if sms.sender_id:
        attributes["SenderID"] = sms.sender_id
    with told_apart(REFUSALS, GONE):
        answer = client("sns").publish(
            PhoneNumber=message.to,
            Message=message.rendered.text,
            MessageAttributes={
                f"AWS.SNS.SMS.{name}": {"DataType": "Number" if name == "MaxPrice" else "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )
        return str(answer["MessageId"])
