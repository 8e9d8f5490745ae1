"""Every word must name something that exists, and everything with a name must be used."""

import re
from collections import Counter
from collections.abc import Iterator

from wracaj.text.spelling import nearest
from wracaj_cli.timelines.durations import UNITS
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.short_file import MessageLine, ShortFile

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def names(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    yield from _timings(definition, short)
    yield from _discounts(definition, short)
    yield from _stands_in(definition, short)
    yield from _twice(definition, short)


def places(short: ShortFile) -> Iterator[tuple[Keys, MessageLine]]:
    """Return each message with its keys in the file."""
    for index, (name, message) in enumerate(short.named_messages):
        yield ("messages", index, name), message


def read_timings(short: ShortFile) -> Iterator[tuple[Keys, str]]:
    """Return each word that must name a timing, with its place."""
    for place, message in places(short):
        if message.after:
            yield (*place, "after"), message.after
    if short.check:
        yield ("check", "after"), short.check.after
    if short.close_after:
        yield ("close_after",), short.close_after


def unused(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    """Return the timings and discounts that nothing uses. It runs only if all words are known,
    because a misspelt word leaves the right one unused."""
    read = {word for _, word in [*read_timings(short), *_words_of_discounts(short)]}
    for name in short.timings:
        if name not in read:
            what = f"nothing reads `{name}`, so changing it changes nothing"
            fix = "remove it, or name it where it belongs"
            yield definition.problem(Rule.UNUSED, "timings", what, fix, "timings", name)
    given = {message.discount for _, message in places(short)}
    for name in short.discounts:
        if name not in given:
            what, fix = f"no message gives `{name}`", "remove it, or let a message give it"
            yield definition.problem(Rule.UNUSED, "discounts", what, fix, "discounts", name)


def _words_of_discounts(short: ShortFile) -> Iterator[tuple[Keys, str]]:
    for name, line in short.discounts.items():
        for key, value in line.written.items():
            if isinstance(value, str):
                yield ("discounts", name, key), value


def _timings(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    words = [(place, word) for place, word in _words_of_discounts(short) if _must_be(place, word)]
    read = [*read_timings(short), *words]
    used = {word for _, word in [*read_timings(short), *_words_of_discounts(short)]}
    unread = [name for name in short.timings if name not in used]
    for place, word in read:
        if word not in short.timings:
            yield _unknown_timing(definition, place, word, short, unread)


def _must_be(place: Keys, word: str) -> bool:
    """Return whether the word can only be a timing. In other places, it may be the value itself."""
    return place[-1] in {"percent", "amount", "valid_days"} and bool(_WORD.fullmatch(word))


def _unknown_timing(
    definition: Definition, place: Keys, word: str, short: ShortFile, unread: list[str]
) -> Problem:
    """Report the problem where the misspelling is. Of two similar words, that is the one with more
    parts that occur nowhere else."""
    where = str(place[2]) if place[0] == "messages" else str(place[0])
    meant = nearest(word, short.timings)
    what = f"`{word}` is none of the timings"
    if meant is None:
        listed = ", ".join(short.timings)
        fix = f"write one of {listed}" if listed else "add its number to `timings`"
        return definition.problem(Rule.NAME, where, what, fix, *place)
    known = _parts_known(short, {word, meant})
    odd, odd_there = _odd_parts(word, known), _odd_parts(meant, known)
    if meant not in unread or odd > odd_there:
        return definition.problem(Rule.NAME, where, what, f"did you mean `{meant}`?", *place)
    if odd_there > odd:
        what = f"nothing reads `{meant}`, and line {definition.line(*place)} names `{word}`"
        fix = f"did you mean `{word}`?"
        return definition.problem(Rule.NAME, "timings", what, fix, "timings", meant)
    what = f"{what}; line {definition.line('timings', meant)} has `{meant}`, which nothing reads"
    return definition.problem(Rule.NAME, where, what, "write the same name in both places", *place)


def _parts_known(short: ShortFile, but: set[str]) -> set[str]:
    """Return the parts of all other names in the file."""
    names = [*short.timings, *(name for name, _ in short.named_messages), *short.discounts]
    names += [word for _, word in read_timings(short)]
    return {part for name in names if name not in but for part in name.split("_")} | {*UNITS}


def _odd_parts(word: str, known: set[str]) -> int:
    return sum(part not in known for part in word.split("_"))


def _discounts(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    for place, message in places(short):
        if message.discount and message.discount not in short.discounts:
            meant = nearest(message.discount, short.discounts)
            listed = ", ".join(short.discounts)
            fix = f"did you mean `{meant}`?" if meant else f"write one of these: {listed}"
            fix = fix if short.discounts else "add the section `discounts` with it"
            what = f"`{message.discount}` is none of the discounts"
            yield definition.problem(Rule.NAME, str(place[2]), what, fix, *place, "discount")


def _stands_in(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    """`instead_of` must name an earlier message."""
    earlier: list[str] = []
    for place, message in places(short):
        named = message.instead_of
        if named is not None and named not in earlier:
            what = f"stands in for {named!r}, and no message before it has that name"
            fix = f"write one of {', '.join(earlier)}" if earlier else "remove `instead_of`"
            yield definition.problem(Rule.STEP, str(place[2]), what, fix, *place, "instead_of")
        earlier.append(str(place[2]))


def _twice(definition: Definition, short: ShortFile) -> Iterator[Problem]:
    steps = Counter(name for name, _ in short.named_messages)
    words = Counter(message.words(name) for name, message in short.named_messages)
    for place, message in places(short):
        name = str(place[2])
        called = message.words(name)
        if steps[name] > 1:
            what = f"the name {name!r} is used {steps[name]} times; only the first would be sent"
        elif words[called] > 1:
            what = f"{words[called]} messages are called {called!r}"
        else:
            continue
        fix = "give each message a name of its own"
        yield definition.problem(Rule.STEP_TWICE, name, what, fix, *place)
