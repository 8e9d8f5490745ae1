"""Shows a timeline as a self-contained SVG, with a title, in a light and a dark version."""

from collections.abc import Iterator
from html import escape

from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.model import Message, Timeline

STEP, CARD, LEFT, RAIL, TRACK, HEIGHT, END = 230, 190, 90, 56, 176, 366, 70
ORDERED = "Ordered? The timeline stops and nothing more is sent."
# It uses classes and no custom properties, because some viewers of SVG do not support var().
STYLE = """
    text { font: 15px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2937;
      text-anchor: middle }
    .soft { font-size: 13px; fill: #5b6675 }
    .strong { font-weight: 650 }
    .track { stroke: #94a3b8; stroke-width: 3; stroke-linecap: round }
    .pill { fill: #e8edf3 }
    .card { fill: #ffffff; stroke: #cbd5e1; stroke-width: 1.5 }
    .dot { fill: #2563eb } .offer { fill: #c2410c }
    .icon { fill: none; stroke: #ffffff; stroke-width: 2; stroke-linejoin: round;
      stroke-linecap: round }
    .sign { font-size: 17px; font-weight: 700; fill: #ffffff }
    .badge { fill: #ffedd5 } .discount { font-size: 13px; font-weight: 650; fill: #9a3412 }
    .bought { fill: #dcfce7; stroke: #15803d; stroke-width: 1.5 } .glad { fill: #14532d }
    .leave { stroke: #15803d; stroke-width: 2; stroke-dasharray: 4 5; fill: none }
    .tip { fill: #15803d }
    @media (prefers-color-scheme: dark) {
      text { fill: #e5e7eb } .soft { fill: #a3adba } .track { stroke: #64748b }
      .pill { fill: #334155 }
      .card { fill: #1e293b; stroke: #475569 } .dot { fill: #3b82f6 } .offer { fill: #ea580c }
      .sign { fill: #ffffff }
      .badge { fill: #431407 } .discount { fill: #fdba74 } .bought { fill: #052e16;
        stroke: #22c55e } .glad { fill: #bbf7d0 }
      .leave { stroke: #22c55e } .tip { fill: #22c55e }
    }
"""
ENVELOPE = '<path class="icon" d="M{0} {1}h22v16h-22z m0 0l11 9 11-9"/>'
BUBBLE = '<path class="icon" d="M{0} {1}h22v14h-12l-5 5v-5h-5z M{2} {3}h10"/>'


def as_svg(timeline: Timeline) -> str:
    width = LEFT + STEP * (len(timeline.messages) + 1) + 30
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img"'
            ' aria-labelledby="title desc">'
        ),
        f'  <title id="title">{escape(timeline.title)}: the timeline</title>',
        f'  <desc id="desc">{escape(in_a_sentence(timeline))}</desc>',
        f"  <style>{STYLE}  </style>",
        *_rail(width),
        f'  <path class="track" d="M{LEFT} {TRACK}H{width - END}"/>',
        f'  <circle class="tip" style="fill:#94a3b8" cx="{LEFT}" cy="{TRACK}" r="9"/>',
        *_words(LEFT, TRACK + 36, *timeline.begins.label),
    ]
    for number, message in enumerate(timeline.messages, start=1):
        parts += _message(LEFT + STEP * number, message)
    return "\n".join([*parts, *_end(width - END), "</svg>", ""])


def in_a_sentence(timeline: Timeline) -> str:
    """Return a description of the picture for people who cannot see it."""
    sent = "; ".join(
        f"{message.channel_word}{_worth(message)} {in_words(message.total)} after"
        f" {timeline.begins.after}"
        for message in timeline.messages
    )
    return f"{sent}. Before each message: if the order completed, nothing more is sent."


def _worth(message: Message) -> str:
    return f" with {message.discount.offer}" if message.discount else ""


def _rail(width: int) -> Iterator[str]:
    left, length = LEFT + STEP - CARD / 2, width - 2 * LEFT - STEP + CARD / 2
    yield (
        f'  <rect class="bought" x="{left}" y="{RAIL - 38}" width="{length}" height="44" rx="22"/>'
    )
    yield f'  <text class="glad strong" x="{left + length / 2:g}" y="{RAIL - 11}">{ORDERED}</text>'


def _message(x: int, message: Message) -> Iterator[str]:
    kind = "offer" if message.discount else "dot"
    after = in_words(message.after)
    pill = max(76, 26 + 9 * len(after))
    yield (
        f'  <rect class="pill" x="{x - STEP / 2 - pill / 2:g}" y="{TRACK - 15}" width="{pill}"'
        ' height="30" rx="15"/>'
    )
    yield f'  <text class="strong" x="{x - STEP / 2:g}" y="{TRACK + 5}">{after}</text>'
    yield (
        f'  <path class="leave" d="M{x} {TRACK - 30}V{RAIL + 20}"/><path class="tip" d="M{x - 6}'
        f' {RAIL + 20}h12l-6-10z"/>'
    )
    yield f'  <circle class="{kind}" cx="{x}" cy="{TRACK}" r="25"/>'
    yield "  " + (
        BUBBLE.format(x - 11, TRACK - 9, x - 5, TRACK - 2)
        if message.channel == "sms"
        else ENVELOPE.format(x - 11, TRACK - 8)
    )
    yield from _card(x, message)


def _card(x: int, message: Message) -> Iterator[str]:
    top, height = TRACK + 42, 132 if message.discount else 100
    yield (
        f'  <rect class="card" x="{x - CARD / 2:g}" y="{top}" width="{CARD}" height="{height}"'
        ' rx="12"/>'
    )
    yield f'  <text class="strong" x="{x}" y="{top + 30}">{escape(_sentence(message))}</text>'
    yield f'  <text class="soft" x="{x}" y="{top + 54}">{escape(message.template)}</text>'
    yield (
        f'  <text class="soft" x="{x}" y="{top + 80}">after {in_words(message.total)} in all</text>'
    )
    if message.discount:
        yield f'  <rect class="badge" x="{x - 80}" y="{top + 94}" width="160" height="26" rx="13"/>'
        discount = f"{message.discount.offer} for {message.discount.valid_days:g} d"
        yield f'  <text class="discount" x="{x}" y="{top + 112}">{discount}</text>'


def _sentence(message: Message) -> str:
    word = message.channel_word
    return f"Discount {word}" if message.discount else f"{word[0].upper()}{word[1:]}"


def _end(x: int) -> Iterator[str]:
    yield (
        f'  <circle class="pill" cx="{x}" cy="{TRACK}" r="13"/><path class="track" d="M{x - 5}'
        f' {TRACK}l4 5 7-9" fill="none"/>'
    )
    yield from _words(x, TRACK + 36, "Timeline", "ended")


def _words(x: int, y: int, *lines: str) -> Iterator[str]:
    for index, line in enumerate(lines):
        yield f'  <text class="soft" x="{x}" y="{y + 18 * index}">{escape(line)}</text>'
