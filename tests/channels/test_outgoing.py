"""Calls to servers outside AWS. Whatever the server does, each call ends by its deadline and reads
no more than its limit."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import pytest

from channels.test_channels import CASES, a_message, lead_to
from support.local_stack import free_port
from support.scripted_provider import Provider, a_provider, answers, drips, hangs_up, says_nothing
from wracaj.aws import clients
from wracaj.channels import channel
from wracaj.consent.channel import Channel
from wracaj.errors import DiscountError, NotTakenError, OutcomeUnknownError
from wracaj.outgoing import http, meta_graph
from wracaj.outgoing.http import LONGEST_ANSWER, Answer, exchange
from wracaj.platforms import calls

SECONDS = 0.4
IN_TIME = 2.0  # on a busy machine
GOOD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "its status line": drips(b"HTTP/1.1 200 "),
    "one header": drips(GOOD + b"X-Long: "),
    "one header after another": drips(GOOD, b"X-A: 1\r\n"),
    "its body": drips(GOOD + b"Content-Length: 60000\r\n\r\n"),
    "a body without an end": drips(GOOD + b"\r\n"),
    "chunks": drips(GOOD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "one `100 Continue` after another": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing": says_nothing,
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider() as found:
        yield found


def ask(url: str, body: bytes = b"{}", seconds: float = SECONDS, **headers: str) -> Answer:
    return exchange("POST", url, headers, body, seconds)


def timed(call: Callable[[], Any]) -> tuple[type[Exception] | None, float]:
    begun = time.monotonic()
    try:
        call()
    except Exception as error:
        return type(error), time.monotonic() - begun
    return None, time.monotonic() - begun


@pytest.mark.parametrize("what", DRIPS)
def test_whoever_drips_is_left_in_time(provider: Provider, what: str) -> None:
    provider.script = [DRIPS[what]]
    error, seconds = timed(lambda: ask(provider.url))
    assert error is OutcomeUnknownError
    assert SECONDS <= seconds < IN_TIME


@pytest.fixture
def mute() -> Iterator[Callable[[bytes], str]]:
    """A port that takes connections, reads nothing, and says a byte at a time of what it is told
    to."""
    over = Event()

    def talk(listener: socket.socket, word: bytes) -> None:
        taken: list[socket.socket] = []
        listener.setblocking(False)
        while not over.wait(0.02):
            with suppress(BlockingIOError):
                taken.append(listener.accept()[0])
            for one in taken:
                with suppress(OSError):
                    one.send(word)
        for one in (listener, *taken):
            one.close()

    def open_one(word: bytes = b"") -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        Thread(target=talk, args=(listener, word), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield open_one
    over.set()


@pytest.mark.parametrize("word", [b"", b"\x16"], ids=["silent", "a byte at a time"])
def test_a_handshake_of_tls_ends_in_time_and_has_taken_nothing(
    mute: Callable[[bytes], str], word: bytes
) -> None:
    error, seconds = timed(lambda: ask(f"https://{mute(word)}/"))
    assert error is NotTakenError
    assert seconds < IN_TIME


def test_who_reads_nothing_of_a_long_request_is_left_in_time(mute: Callable[[bytes], str]) -> None:
    error, seconds = timed(lambda: ask(f"http://{mute(b'')}/", b"x" * 20_000_000))
    assert error is OutcomeUnknownError
    assert seconds < IN_TIME


def test_a_slow_look_up_of_a_name_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30))
    error, seconds = timed(lambda: ask("https://shop.example/"))
    over.set()
    assert error is NotTakenError
    assert seconds < IN_TIME


def test_many_addresses_that_do_not_answer_share_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """TEST-NET-1 of RFC 5737, which is nowhere."""
    nowhere = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{number}", 443))
        for number in range(1, 9)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: nowhere)
    error, seconds = timed(lambda: ask("https://shop.example/"))
    assert error is NotTakenError
    assert seconds < IN_TIME


def test_an_address_that_refuses_leaves_the_next_to_be_tried(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script = [answers(200, b"here")]
    good = int(provider.url.rpartition(":")[2])
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        for port in (free_port(), good)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert ask("http://shop.example/", seconds=10).body == b"here"
    assert provider.asked[0].headers["host"] == "shop.example"


LENGTHS = {
    "with its length": b"Content-Length: 1000000000\r\n",
    "without": b"",
    "in chunks": b"Transfer-Encoding: chunked\r\n",
}


@pytest.mark.parametrize("told", LENGTHS)
def test_of_a_long_answer_its_beginning_is_read(provider: Provider, told: str) -> None:
    def pours(of: Any) -> None:
        head = {
            "with its length": b"Content-Length: 1000000000\r\n",
            "without": b"",
            "in chunks": b"Transfer-Encoding: chunked\r\n",
        }
        of.wfile.write(b"HTTP/1.1 200 OK\r\n" + head[told] + b"\r\n")
        while not of.provider.closing.is_set():
            of.wfile.write(
                b"1000\r\n" + b"x" * 4096 + b"\r\n" if told == "in chunks" else b"x" * 4096
            )

    def pours_until_nobody_reads(of: Any) -> None:
        try:
            pours(of)
        except OSError:
            of.close_connection = True

    provider.script = [pours_until_nobody_reads]
    assert ask(provider.url, seconds=20).body == b"x" * LONGEST_ANSWER


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http://127.0.0.1:99999/",
        "http://[::1",
        f"http://{'a' * 300}.example/",
        "http://żółw\n.example/",
    ],
)
def test_an_address_that_is_none_has_taken_nothing(url: str) -> None:
    assert timed(lambda: ask(url))[0] is NotTakenError


def test_a_header_that_none_can_be_has_taken_nothing_and_is_not_shown(provider: Provider) -> None:
    provider.script = [answers(200)]
    with pytest.raises(NotTakenError) as refused:
        ask(provider.url, authorization="Bearer secret\r\nX: 1")
    assert "secret" not in str(refused.value)
    assert provider.asked == []


def test_a_request_says_what_it_is_told_to(provider: Provider) -> None:
    provider.script = [answers(404, b"none", X_Why="gone")]
    answer = exchange("POST", f"{provider.url}/a/b?c=d", {"X-Token": "t"}, b"12", 10)
    assert (answer.status, answer.headers["x-why"], answer.body) == (404, "gone", b"none")
    (asked,) = provider.asked
    assert (asked.path, asked.body, asked.headers["x-token"]) == ("/a/b?c=d", b"12", "t")
    assert (asked.headers["host"], asked.headers["content-length"]) == (
        provider.url.removeprefix("http://"),
        "2",
    )


# --- all who call ---------------------------------------------------------------------------------


def pushes(url: str) -> None:
    channel(Channel.WEB_PUSH).send(a_message(CASES[Channel.WEB_PUSH]))


def writes_on_messenger(url: str) -> None:
    channel(Channel.MESSENGER).send(a_message(CASES[Channel.MESSENGER]))


def tells_an_audience(url: str) -> None:
    meta_graph.call("POST", f"{url}/1/users", "EAAp", None, b"payload=1", "application/json")


def asks_the_shop(url: str) -> None:
    calls.post(f"{url}/discounts", b"{}", {})


CALLERS: dict[Callable[[str], None], type[Exception]] = {
    pushes: OutcomeUnknownError,
    writes_on_messenger: OutcomeUnknownError,
    tells_an_audience: OutcomeUnknownError,
    asks_the_shop: DiscountError,
}


@pytest.mark.parametrize("caller", CALLERS, ids=[caller.__name__ for caller in CALLERS])
@pytest.mark.parametrize("what", ["one header", "its body"])
def test_every_caller_is_through_by_its_own_deadline(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, caller: Callable[[str], None], what: str
) -> None:
    for module in (meta_graph, calls):
        monkeypatch.setattr(module, "SECONDS_TO_ANSWER", SECONDS)
    monkeypatch.setattr(clients, "SECONDS_TO_SEND", SECONDS)
    lead_to(provider.url, monkeypatch)
    provider.script = [DRIPS[what]]
    error, seconds = timed(lambda: caller(provider.url))
    assert error is CALLERS[caller]
    assert SECONDS <= seconds < IN_TIME


def test_all_that_a_step_calls_fits_into_its_time() -> None:
    """Two calls for a code, then the message."""
    from support.sam_template import resources

    step = resources("AWS::Serverless::Function")["ReminderStepFunction"]["Timeout"]
    assert (
        2 * calls.SECONDS_TO_ANSWER + max(clients.SECONDS_TO_SEND + 1, meta_graph.SECONDS_TO_ANSWER)
        < step - 2
    )


def test_a_provider_that_hangs_up_is_not_waited_for(provider: Provider) -> None:
    provider.script = [hangs_up]
    error, seconds = timed(lambda: ask(provider.url, seconds=60))
    assert error is OutcomeUnknownError and seconds < 10


def test_connecting_has_a_shorter_time_of_its_own() -> None:
    assert (
        http.SECONDS_TO_CONNECT
        < calls.SECONDS_TO_ANSWER
        < meta_graph.SECONDS_TO_ANSWER
        < clients.SECONDS_TO_SEND
    )
