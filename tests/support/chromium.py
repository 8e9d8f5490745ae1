"""Headless Chromium, controlled with the DevTools protocol over a pipe. It needs no port, and no
package except the browser."""

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

Json = dict[str, Any]
PATIENCE = 90.0

FLAGS = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--remote-debugging-pipe",
    ),
    *(
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--disable-component-update",
    ),
    *(
        "--disable-sync",
        "--disable-extensions",
        "--metrics-recording-only",
        "--window-size=1000,800",
    ),
)

there_is_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None,
    reason="there is no chromium here; Debian's package of that name brings it",
)


class Chromium:
    """One browser. Messages about a page have its session."""

    def __init__(self, process: "subprocess.Popen[bytes]", to: int, of: int) -> None:
        self.process = process
        self._to, self._of = to, of
        self._numbers = iter(range(1, 10**9))
        self._answers: dict[int, Queue[Json]] = {}
        self.events: list[Json] = []
        self._came = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> Json:
        number = next(self._numbers)
        waiting = self._answers[number] = Queue()
        message = {"id": number, "method": method, "params": parameters} | (
            {"sessionId": session} if session else {}
        )
        os.write(self._to, json.dumps(message).encode() + b"\0")
        try:
            answer = waiting.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(f"Chromium does not answer {method}") from None
        assert "error" not in answer, f"{method}: {answer['error']}"
        found: Json = answer["result"]
        return found

    def wait_for(self, method: str, fits: Callable[[Json], Any] = lambda _: True) -> Json:
        """Return the parameters of an event that has come or will come."""

        def found() -> Json | None:
            return next(
                (e["params"] for e in self.events if e["method"] == method and fits(e["params"])),
                None,
            )

        with self._came:
            assert self._came.wait_for(lambda: found() is not None, PATIENCE), f"no {method} came"
        event = found()
        assert event is not None
        return event

    def _read(self) -> None:
        kept = b""
        while chunk := os.read(self._of, 65536):
            *messages, kept = (kept + chunk).split(b"\0")
            for raw in messages:
                message = json.loads(raw)
                if "id" in message:
                    self._answers.pop(message["id"]).put(message)
                    continue
                with self._came:
                    self.events.append(message)
                    self._came.notify_all()

    def page(self) -> "Page":
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, self.attached(target))

    def attached(self, target: str) -> str:
        session: str = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return session

    def targets(self) -> list[Json]:
        found: list[Json] = self.ask("Target.getTargets")["targetInfos"]
        return found


class Page:
    def __init__(self, browser: Chromium, session: str) -> None:
        self.browser, self.session = browser, session
        for domain in ("Page", "Runtime", "Log", "ServiceWorker"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> Json:
        return self.browser.ask(method, self.session, **parameters)

    def run_first(self, script: str) -> None:
        """Run the script in every document of this page, before its own scripts."""
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def go(self, url: str) -> None:
        error = self.ask("Page.navigate", url=url).get("errorText")
        assert not error, f"{url}: {error}"
        self.until("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until the expression, or its promise, is true."""
        deadline, problem = time.monotonic() + PATIENCE, ""
        while time.monotonic() < deadline:
            try:
                if self.value(f"Promise.resolve({expression}).then(Boolean)"):
                    return
            except AssertionError as error:  # the old page may be closing
                problem = str(error)
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}\n{problem}\n{self.said()}")

    def said(self) -> str:
        """Return what the page and its worker wrote to the console."""
        kinds = {
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
            "Runtime.exceptionThrown",
            "ServiceWorker.workerErrorReported",
        }
        return "\n".join(
            json.dumps(event["params"])[:600]
            for event in self.browser.events
            if event["method"] in kinds
        )

    def click(self, element: str) -> None:
        """Click in the middle of the element that this expression finds, as a person does."""
        middle = (
            "(({x, y, width, height}) => [x + width / 2, y + height /"
            f" 2])(({element}).getBoundingClientRect())"
        )
        place = self.value(middle)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )


@contextmanager
def a_chromium(
    folder: Path, *flags: str, environment: Mapping[str, str] | None = None
) -> Iterator[Chromium]:
    from_us, to_chromium = os.pipe()
    of, to_us = os.pipe()
    command = ["chromium", *FLAGS, f"--user-data-dir={folder}", *flags, "about:blank"]
    shell = f'exec "$@" 3<&{from_us} 4>&{to_us}'
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", *command],
        pass_fds=(from_us, to_us),
        start_new_session=True,
        env=dict(os.environ) | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "stderr").open("wb"),
    )
    os.close(from_us)
    os.close(to_us)
    browser = Chromium(process, to_chromium, of)
    try:
        yield browser
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        os.close(to_chromium)
