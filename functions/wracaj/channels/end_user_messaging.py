"""SMS through AWS End User Messaging, which reports the delivery of each SMS; see delivery_events.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

import os

from wracaj.aws.clients import client
from wracaj.channels import OutgoingMessage
from wracaj.channels.outcome import Fates, as_send_error
from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError

# How long AWS may try to hand it to the carrier: a delayed SMS must not arrive at night.
SECONDS_TO_LIVE = 3600

# Errors about this number or this text: refused, because they would occur again. All other errors
# are about the account, which is ours to fix: a sender id that is not registered yet, a pool
# without numbers, a spending limit. The message is tried again meanwhile.
FATES: Fates = {
    "ValidationException": RefusedError,
    **dict.fromkeys(
        (
            f"ValidationException.{reason}"
            for reason in (
                *(
                    "CHANNEL_NOT_ENABLED",
                    "RESOURCE_NOT_ACCESSIBLE",
                    "SENDER_ID_NOT_REGISTERED",
                    "SENDER_ID_REQUIRES_REGISTRATION",
                ),
                *("UNKNOWN_OPERATION", "VOICE_CAPABILITY_NOT_AVAILABLE"),
            )
        ),
        NotTakenError,
    ),
    "ConflictException": NotTakenError,
    "ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT": AddressGoneError,
    **dict.fromkeys(
        (
            f"ConflictException.{reason}"
            for reason in (
                "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
                "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
                "DESTINATION_PHONE_NUMBER_NOT_VERIFIED",  # in an account in the sandbox
            )
        ),
        RefusedError,
    ),
    **dict.fromkeys(
        (
            "AccessDeniedException",
            "ResourceNotFoundException",
            "ServiceQuotaExceededException",
            "ThrottlingException",
        ),
        NotTakenError,
    ),
    "InternalServerException": OutcomeUnknownError,
}


def send(message: OutgoingMessage) -> str:
    sms = message.shop.settings.sms
    with as_send_error(FATES):
        answer = client("pinpoint-sms-voice-v2", sends=True).send_text_message(
            DestinationPhoneNumber=message.to,
            OriginationIdentity=sms.origination_identity,
            MessageBody=message.rendered.text,
            MessageType="PROMOTIONAL",
            ConfigurationSetName=os.environ["WRACAJ_SMS_CONFIGURATION_SET"],
            MaxPrice=f"{sms.max_price_usd:.5f}",
            TimeToLive=SECONDS_TO_LIVE,
            Context=message.tags,  # repeated in each receipt
        )
        return str(answer["MessageId"])
