"""SMS through Amazon SNS, or through End User Messaging where the settings say so."""

from wracaj.aws.clients import client
from wracaj.channels import OutgoingMessage, end_user_messaging
from wracaj.channels.outcome import Fates, as_send_error
from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError

# By the codes in SNS's answers, which differ from botocore's class names:
# InvalidParameterValueException has the code ParameterValueInvalid. Topics, endpoints and their
# keys are not used for SMS, so errors about them are ours to fix.
FATES: Fates = {
    "OptedOut": AddressGoneError,
    **dict.fromkeys(
        ("InvalidParameter", "ParameterValueInvalid", "ValidationException"), RefusedError
    ),
    **dict.fromkeys(
        (
            *(
                "AuthorizationError",
                "EndpointDisabled",
                "InvalidSecurity",
                "NotFound",
                "PlatformApplicationDisabled",
            ),
            *(
                "KMSAccessDenied",
                "KMSDisabled",
                "KMSInvalidState",
                "KMSNotFound",
                "KMSOptInRequired",
                "KMSThrottling",
            ),
        ),
        NotTakenError,
    ),
    "InternalError": OutcomeUnknownError,
}


def send(message: OutgoingMessage) -> str:
    sms = message.shop.settings.sms
    if sms.service == "end_user_messaging":
        return end_user_messaging.send(message)
    attributes = {"SMSType": "Promotional", "MaxPrice": format(sms.max_price_usd, "f")}
    if sms.sender_id:
        attributes["SenderID"] = sms.sender_id
    with as_send_error(FATES):
        answer = client("sns", sends=True).publish(
            PhoneNumber=message.to,
            Message=message.rendered.text,
            MessageAttributes={
                f"AWS.SNS.SMS.{name}": {
                    "DataType": "Number" if name == "MaxPrice" else "String",
                    "StringValue": value,
                }
                for name, value in attributes.items()
            },
        )
        return str(answer["MessageId"])
