"""E-mail through Amazon SES v2."""

import os
from email.utils import formataddr

from wracaj.aws.clients import client
from wracaj.channels import OutgoingMessage
from wracaj.channels.outcome import Fates, as_send_error
from wracaj.errors import NotTakenError, RefusedError

# SES refuses this message. A paused account or a missing configuration set is ours to fix, and the
# message is tried again meanwhile. An unverified sender is a MessageRejected too, and differs only
# in its text.
FATES: Fates = {
    **dict.fromkeys(("MessageRejected", "BadRequestException"), RefusedError),
    **dict.fromkeys(
        (
            *(
                "AccountSuspendedException",
                "LimitExceededException",
                "MailFromDomainNotVerifiedException",
            ),
            *("NotFoundException", "SendingPausedException", "TooManyRequestsException"),
        ),
        NotTakenError,
    ),
}
PLAIN, TRACKING = "WRACAJ_CONFIGURATION_SET", "WRACAJ_TRACKING_CONFIGURATION_SET"


def send(message: OutgoingMessage) -> str:
    rendered, sender = message.rendered, message.shop.settings.email
    body = {
        "Text": {"Data": rendered.text, "Charset": "UTF-8"},
        "Html": {"Data": rendered.html or "", "Charset": "UTF-8"},
    }
    headers = {
        # RFC 2369, and by POST for one click, RFC 8058
        "List-Unsubscribe": f"<{message.unsubscribe_link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    with as_send_error(FATES):
        answer = client("sesv2", sends=True).send_email(
            FromEmailAddress=mailbox(sender.sender),
            Destination={"ToAddresses": [message.to]},
            **({"ReplyToAddresses": [sender.reply_to]} if sender.reply_to else {}),
            Content={
                "Simple": {
                    "Subject": {"Data": rendered.subject, "Charset": "UTF-8"},
                    "Body": body,
                    "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
                }
            },
            EmailTags=[{"Name": name, "Value": value} for name, value in message.tags.items()],
            ConfigurationSetName=os.environ[
                TRACKING if sender.track_opens_and_clicks and not message.asked_for else PLAIN
            ],
        )
        return str(answer["MessageId"])


def mailbox(sender: str) -> str:
    """The sender with its name encoded where it has diacritics (RFC 2047), and quoted where it has
    a comma: "Kubek, Talerz i Spółka"."""
    name, _, address = sender.rpartition("<")
    return formataddr((name.strip().strip('"'), address.removesuffix(">")))
