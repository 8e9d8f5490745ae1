"""Reads a mail for tests: its elements, its links, and its words with their colours."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "link"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def style(self, name: str) -> str | None:
        found = re.search(rf"(?:^|;)\s*{name}:\s*([^;]+)", self.attributes.get("style", ""))
        return found and found[1].strip()


@dataclass
class Words:
    text: str
    around: list[Element]  # outermost first


@dataclass
class Mail(HTMLParser):
    html: str
    elements: list[Element] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        self.unbalanced += [f"<{element.tag}> never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.unbalanced.append(f"</{tag}> inside {[element.tag for element in self._open]}")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        if data.strip() and not {"style", "title"} & {element.tag for element in self._open}:
            self.words.append(Words(data.strip(), list(self._open)))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def links_to(self, address: str) -> list[Element]:
        return [link for link in self.all("a") if link.attributes["href"] == address]

    @property
    def seen(self) -> list[Words]:
        """Return the words that are not hidden. The preheader, for example, is hidden."""
        return [
            words
            for words in self.words
            if not any(around.style("display") == "none" for around in words.around)
        ]

    @property
    def dark(self) -> dict[str, dict[str, str]]:
        """Return class → property → colour in dark mode."""
        rules = re.search(r"prefers-color-scheme: dark\) \{\n(.*?)\n\}\n", self.html, re.S)
        assert rules, "no rules for dark mode"
        parsed = re.findall(r"\.(\w+) \{([^}]*)\}", rules[1])
        return {
            name: dict(re.findall(r"([\w-]+): ([^;!]+) !important", body)) for name, body in parsed
        }

    def colour(self, words: Words, name: str, *, dark: bool) -> str:
        for element in reversed(words.around):
            own = element.style(name)
            changed = [
                self.dark[each][name]
                for each in element.classes
                if dark and name in self.dark.get(each, {})
            ]
            if changed or own:
                return changed[0] if changed else str(own)
        raise AssertionError(f"{words.text!r} has no {name}")

    def contrast(self, words: Words, *, dark: bool) -> float:
        front, back = (
            _luminance(self.colour(words, "color", dark=dark)),
            _luminance(self.colour(words, "background-color", dark=dark)),
        )
        return (max(front, back) + 0.05) / (min(front, back) + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb" by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
