"""SMS through AWS End User Messaging, which tells what becomes of each; see delivery_events.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

import os

from wracaj.aws import client
from wracaj.channels import OutgoingMessage
from wracaj.channels.outcome import told_apart

# Until the carrier has it: an SMS that was held up is not to come at night.
SECONDS_TO_LIVE = 3600

# About this number or this text, whenever it is sent again. All else is of the account, which is ours to mend: a sender id that
# is not registered yet, a pool without numbers, a spending limit. It is tried again meanwhile.
REFUSALS = frozenset(
    {
        *(
            f"ValidationException.{reason}"
            for reason in (
                *("CANNOT_PARSE", "COUNTRY_CODE_MISMATCH", "COUNTRY_NOT_ENABLED", "DESTINATION_COUNTRY_BLOCKED"),
                *("FIELD_VALIDATION_FAILED", "INTERNATIONAL_SENDING_NOT_SUPPORTED", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"),
                *("INVALID_PARAMETER", "INVALID_REQUEST", "MAXIMUM_SIZE_EXCEEDED", "MISSING_PARAMETER", "OTHER"),
                *("PARAMETERS_CANNOT_BE_USED_TOGETHER", "PRICE_OVER_THRESHOLD", "SENDER_ID_NOT_SUPPORTED"),
                "UNSPECIFIED_PARAMETER_NOT_SUPPORTED",
            )
        ),
        *(
            f"ConflictException.{reason}"
            for reason in (
                "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
                "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
                "DESTINATION_PHONE_NUMBER_NOT_VERIFIED",  # of an account in the sandbox
            )
        ),
    }
)
GONE = frozenset({"ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT"})


def send(message: OutgoingMessage) -> str:
    sms = message.shop.settings.sms
    with told_apart(REFUSALS, GONE):
        answer = client("pinpoint-sms-voice-v2").send_text_message(
            DestinationPhoneNumber=message.to,
            OriginationIdentity=sms.origination_identity,
            MessageBody=message.rendered.text,
            MessageType="PROMOTIONAL",
            ConfigurationSetName=os.environ["WRACAJ_SMS_CONFIGURATION_SET"],
            MaxPrice=f"{sms.max_price_usd:.5f}",
            TimeToLive=SECONDS_TO_LIVE,
            Context=message.tags,  # comes back with each receipt
        )
        return str(answer["MessageId"])
