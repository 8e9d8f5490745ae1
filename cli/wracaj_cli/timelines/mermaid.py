"""Shows a timeline as a Mermaid flowchart, which GitHub and most wikis can draw."""

from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.model import Message, Timeline


def as_mermaid(timeline: Timeline) -> str:
    lines = ["flowchart LR", f'  begun(["{" ".join(timeline.begins.label)}"])']
    before = "begun"
    for number, message in enumerate(timeline.messages, start=1):
        asks, sends = f"ask{number}", f"send{number}"
        lines += [
            f'  {before} -- "{in_words(message.after)}" --> {asks}{{"Ordered?"}}',
            f'  {asks} -- "yes" --> ordered',
            f'  {asks} -- "no" --> {sends}["{_label(message)}"]',
        ]
        before = sends
    return "\n".join(
        [
            *lines,
            f'  {before} --> ended(["Timeline ended"])',
            '  ordered(["Order completed: nothing more is sent"])',
            "",
        ]
    )


def _label(message: Message) -> str:
    discount = f", {message.discount.offer}" if message.discount else ""
    return f"{message.channel_word}{discount}<br/>{_quoted(message.template)}".replace(
        '"', "#quot;"
    )


def _quoted(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
