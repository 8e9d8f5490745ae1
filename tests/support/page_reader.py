"""A person at a page with a screen, a keyboard and a screen reader. The page's scripts are off."""

import base64
import json
import time
from contextlib import suppress
from pathlib import Path

from support.chromium import PATIENCE, Chromium, Page

KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "ArrowDown": 40}
TEXTS = {"Enter": "\r", "Space": " "}
MOST_TABS = 80
FOCUSED = """(() => { const it = document.activeElement;
  const named = it && it.labels && it.labels.length ? it.labels[0] : it;
  return it && it !== document.body ? (named.innerText || "").trim()
    .replaceAll("\\u00a0", " ").replaceAll("\\u2011", "-") : ""; })()"""


class Reader:
    def __init__(
        self, chromium: Chromium, width: int = 1000, height: int = 900, *, dark: bool = False
    ) -> None:
        self.page: Page = chromium.page()
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.page.ask("Emulation.setDeviceMetricsOverride", **screen)
        self.page.ask("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        self.page.ask("Emulation.setScriptExecutionDisabled", value=True)
        self.page.ask("Accessibility.enable")

    def go(self, url: str) -> None:
        self.page.go(url)

    @property
    def focused(self) -> str:
        """The label or text of the element that has the focus."""
        return str(self.page.value(FOCUSED))

    def press(self, key: str, *, loads: bool = False) -> None:
        """Press a key. `loads`: the key sends a form or follows a link, so another page comes."""
        if loads:
            self.page.value("window.isOld = true")
        about = {
            "key": " " if key == "Space" else key,
            "code": key,
            "windowsVirtualKeyCode": KEYS[key],
        }
        text = {"text": TEXTS[key]} if key in TEXTS else {}
        self.page.ask(
            "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **about, **text
        )
        self.page.ask("Input.dispatchKeyEvent", type="keyUp", **about)
        if loads:
            self.until("!window.isOld && document.readyState === 'complete'")

    def until(self, expression: str) -> None:
        """Wait until the expression is true. It is read as a plain value, because promises need
        scripts, which are off."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(AssertionError):  # the old page is closing
                if self.page.value(f"Boolean({expression})"):
                    return
            time.sleep(0.02)
        raise AssertionError(f"never true: {expression}")

    def has_focus(self, text: str) -> None:
        """Wait until the element has the focus. `autofocus` takes effect only when the page is
        drawn."""
        self.until(f"{FOCUSED} === {json.dumps(text)}")

    def tab_to(self, text: str) -> None:
        """Go with the Tab key only to the control whose label or text begins with `text`."""
        for _ in range(MOST_TABS):
            if self.focused.startswith(text):
                return
            self.press("Tab")
        raise AssertionError(f"the Tab key never comes to {json.dumps(text)}")

    def names(self) -> list[tuple[str, str]]:
        """Return (role, name) of everything that a screen reader would read, in its order."""
        nodes = self.page.ask("Accessibility.getFullAXTree")["nodes"]
        told = [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored")
        ]
        return [(role, " ".join(name.split()).replace("\u2011", "-")) for role, name in told]

    def screenshot(self, file: Path) -> None:
        shot = self.page.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))
