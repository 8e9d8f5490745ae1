"""An advertising audience. The claim has written down that the shopper joins it: audience_sync
tells Meta, with many others.

So nothing leaves here, and nothing can go wrong: an advertisement is in no hurry, and Meta itself
takes up to a day.
"""

from wracaj.channels import OutgoingMessage


def send(message: OutgoingMessage) -> str:
    return message.tags["message"]
