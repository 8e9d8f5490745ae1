"""A desktop that shows notifications, and a person who clicks them.

It runs a D-Bus session of its own, with the parts of org.freedesktop.Notifications (Desktop
Notifications Specification 1.2) that Chromium needs to show its notifications there.
"""

import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
CALL, RETURN, SIGNAL = 1, 2, 4
LIST = "L"  # the type "as"
PATIENCE = 90.0

there_is_a_desktop = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None,
    reason="there is no dbus-daemon here; Debian's package of that name brings it",
)


class Writing:
    """Writes little-endian values as in D-Bus Specification, "Marshaling". It supports only the
    types that are used here."""

    def __init__(self) -> None:
        self.raw = bytearray()

    def pad(self, size: int) -> None:
        self.raw += bytes(-len(self.raw) % size)

    def put(self, signature: str, *values: Any) -> "Writing":
        for kind, value in zip(signature, values, strict=True):
            if kind == "u":
                self.pad(4)
                self.raw += struct.pack("<I", value)
            elif kind == LIST:
                texts = Writing()
                for text in value:
                    texts.put("s", text)
                self.put("u", len(texts.raw)).raw += texts.raw
            elif kind == "g":
                self.raw += bytes([len(value)]) + value.encode() + b"\0"
            else:  # s, o
                self.pad(4)
                self.raw += struct.pack("<I", len(value.encode())) + value.encode() + b"\0"
        return self


class Reading:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def pad(self, size: int) -> None:
        self.at += -self.at % size

    def number(self) -> int:
        self.pad(4)
        self.at += 4
        return int.from_bytes(self.raw[self.at - 4 : self.at], "little")

    def text(self) -> str:
        length = self.number()
        self.at += length + 1
        return self.raw[self.at - length - 1 : self.at - 1].decode()

    def signature(self) -> str:
        length = self.raw[self.at]
        self.at += length + 2
        return self.raw[self.at - length - 1 : self.at - 1].decode()

    def texts(self) -> list[str]:
        length = self.number()
        end, found = self.at + length, []
        while self.at < end:
            found.append(self.text())
        return found


@dataclass(frozen=True)
class Incoming:
    kind: int
    serial: int
    member: str
    sender: str
    body: Reading


@dataclass
class Shown:
    number: int
    title: str
    text: str
    actions: dict[str, str]


@dataclass
class Desktop:
    address: str
    shown: list[Shown] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._serial = 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(self.address.partition("unix:path=")[2].partition(",")[0])
        self._socket.sendall(
            b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n"
        )
        assert self._line().startswith(b"OK")
        self._socket.sendall(b"BEGIN\r\n")
        self._ask_bus("Hello")
        self._ask_bus("RequestName", "su", NAME, 0)
        threading.Thread(target=self._serve, daemon=True).start()

    def notification(self, number: int = 1) -> Shown:
        """Wait for the notification with this number and return it."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.shown) >= number, PATIENCE), (
                "no notification came to the desktop"
            )
        return self.shown[number - 1]

    def click(self, shown: Shown, action: str = "default") -> None:
        key = next(key for key, label in shown.actions.items() if action in (key, label))
        self._send(SIGNAL, "ActionInvoked", "us", shown.number, key)

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\r\n"):
            line += self._socket.recv(1)
        return line

    def _ask_bus(self, member: str, signature: str = "", *values: Any) -> None:
        serial = self._send(
            CALL,
            member,
            signature,
            *values,
            to="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
        )
        assert serial
        while (answer := self._message()).kind != RETURN:
            assert answer.kind != 3, f"{member}: the bus says no"

    def _send(
        self,
        kind: int,
        member: str,
        signature: str = "",
        *values: Any,
        to: str = "",
        path: str = PATH,
        answers: int = 0,
    ) -> int:
        self._serial += 1
        body = Writing().put(signature, *values).raw
        fields: list[tuple[int, str, Any]] = (
            [(8, "g", signature.replace(LIST, "as"))] if signature else []
        )
        fields += (
            [(5, "u", answers)]
            if answers
            else [(1, "o", path), (2, "s", to or NAME), (3, "s", member)]
        )
        fields += [(6, "s", to)] if to else []
        header = Writing()
        for code, form, value in fields:
            header.pad(8)
            header.raw += bytes([code])
            header.put("g", form).put(form, value)
        whole = Writing()
        whole.raw += b"l" + bytes([kind, 0, 1])
        whole.put("uuu", len(body), self._serial, len(header.raw))
        whole.raw += header.raw
        whole.pad(8)
        self._socket.sendall(bytes(whole.raw) + bytes(body))
        return self._serial

    def _exactly(self, length: int) -> bytes:
        raw = b""
        while len(raw) < length:
            if not (more := self._socket.recv(length - len(raw))):
                raise EOFError
            raw += more
        return raw

    def _message(self) -> Incoming:
        start = self._exactly(16)
        assert start[:1] == b"l"
        body_length, serial, fields_length = struct.unpack("<III", start[4:])
        fields = Reading(start + self._exactly(fields_length + -fields_length % 8))
        body = Reading(self._exactly(body_length))
        fields.at = 16
        told: dict[int, Any] = {}
        while fields.at < 16 + fields_length:
            fields.pad(8)
            code, fields.at = fields.raw[fields.at], fields.at + 1
            form = fields.signature()
            told[code] = (
                fields.signature()
                if form == "g"
                else fields.number()
                if form == "u"
                else fields.text()
            )
        return Incoming(start[1], serial, told.get(3, ""), told.get(7, ""), body)

    def _serve(self) -> None:
        try:
            while True:
                message = self._message()
                if message.kind == CALL:
                    self._answer(message)
        except (EOFError, OSError):
            return

    def _answer(self, call: Incoming) -> None:
        signature, values = self._said_to(call)
        self._send(RETURN, "", signature, *values, to=call.sender, answers=call.serial)
        with self._changed:
            self._changed.notify_all()

    def _said_to(self, call: Incoming) -> tuple[str, tuple[Any, ...]]:
        match call.member:
            case "GetServerInformation":
                return "ssss", ("desktop", "tests", "1", "1.2")
            case "GetCapabilities":
                return LIST, (["actions", "body", "persistence"],)
            case "Notify":
                return "u", (self._show(call.body),)
        return "", ()

    def _show(self, body: Reading) -> int:
        # the program's name, the notification that it replaces, its icon
        body.text(), body.number(), body.text()
        title, text, actions = body.text(), body.text(), body.texts()
        shown = Shown(
            len(self.shown) + 1, title, text, dict(zip(actions[::2], actions[1::2], strict=True))
        )
        self.shown.append(shown)
        return shown.number


@contextmanager
def a_desktop() -> Iterator[Desktop]:
    """Run a desktop. Its address belongs into DBUS_SESSION_BUS_ADDRESS."""
    command = [
        "dbus-daemon",
        "--session",
        "--nofork",
        "--nosyslog",
        "--nopidfile",
        "--print-address=1",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as bus:
        assert bus.stdout is not None
        try:
            yield Desktop(bus.stdout.readline().strip())
        finally:
            bus.terminate()
