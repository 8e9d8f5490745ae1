"""The channel contract for audiences. The claim does everything, so nothing is sent and nothing can
fail."""

from typing import Any

import pytest

from support.builders import a_shop
from wracaj.channels import OutgoingMessage, channel
from wracaj.consent.channel import Channel
from wracaj.messages.rendering import Rendered


def test_joining_asks_nobody_and_gives_the_message_s_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise AssertionError("a request left")

    monkeypatch.setattr("socket.socket.connect", nobody)
    message = OutgoingMessage(
        shop=a_shop(audiences={"cart_rescue": {"id": "238000111"}}),
        to="anna@example.com",
        rendered=Rendered(subject="", html=None, text=""),
        about="5ca1ab1e",
        recovery_link="https://links.example/c/t0ken",
        unsubscribe_link="https://links.example/u/t0ken",
        tags={"message": "00112233445566778899"},
    )
    assert channel(Channel.AUDIENCE).send(message) == "00112233445566778899"
