"""An advertising audience. The claim has stored that the shopper joins; audience_sync sends the
joins to Meta, many at a time.

Nothing is sent here, so nothing can fail. Speed does not matter: Meta itself takes up to a day.
"""

from wracaj.channels import OutgoingMessage


def send(message: OutgoingMessage) -> str:
    return message.tags["message"]
