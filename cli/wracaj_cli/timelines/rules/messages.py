"""There must be a message to send. Every message must wait first and have what its channel
needs."""

from collections.abc import Iterator

from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.rules.names import places
from wracaj_cli.timelines.rules.shape import A_CHANNEL
from wracaj_cli.timelines.short_file import MessageLine, ShortFile


def messages(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    if not short.messages:
        what, fix = "the timeline sends nothing", "add a message, or remove the file"
        yield definition.problem(Rule.NO_MESSAGE, "messages", what, fix, "messages")
    if short.about == "cart" and not short.ends_with_order:
        what = "a cart that was ordered would be reminded of for ever"
        fix = "write `ends_with_order: true`"
        yield definition.problem(Rule.ENDS_WITH_ORDER, None, what, fix, "ends_with_order")
    for place, message in places(short):
        yield from _channel(definition, place, message)
        yield from _waits(definition, place, message, short)


def _channel(definition: Definition, place: Keys, message: MessageLine) -> Iterator[Problem]:
    given = {"channel", "template"} <= set(message.from_start)
    if message.channel is None and not given:
        what = "names no channel, and nothing to send"
        yield definition.problem(Rule.CHANNEL, str(place[2]), what, A_CHANNEL, *place)
    elif message.channel is not None and message.sends is None:
        what = f"`{message.channel}` says nothing to send"
        fix = "write the template's name after it, or the audience's"
        yield definition.problem(Rule.CHANNEL, str(place[2]), what, fix, *place, message.channel)


def _waits(
    definition: Definition, place: Keys, message: MessageLine, short: ShortFile
) -> Iterator[Problem]:
    if short.check and (message.after or not message.when):
        what = "a message behind a check is sent after one of its answers"
        fix = "give it `when: reward` (or nudge, or expiring) in place of `after`"
    elif not short.check and not message.after:
        what = "goes out without a wait before it"
        fix = "give it `after: ` and one of the timings"
    elif message.when and not short.check:
        what, fix = "waits for the answer of a check, and there is none", "remove `when`"
    else:
        return
    yield definition.problem(Rule.NO_WAIT, str(place[2]), what, fix, *place)
