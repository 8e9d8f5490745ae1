"""What a report shows, in words: reasons, delivery events, segments, moments."""

from collections import Counter
from collections.abc import Iterable

from preferences.words import WHY
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.segments.rfm import Move, Segment
from wracaj_cli.outcome_words import WITHOUT_CODE, Words, reason_in_words
from wracaj_cli.report.messages import NOT_SENT, UNKNOWN, Sent
from wracaj_cli.report.reading import Report
from wracaj_cli.report.timeline_words import message_in_words
from wracaj_cli.report.writing import Writer

UNKNOWN_WORDS = Words("unknown whether it left", "nie wiadomo, czy wyszła")
# short enough for a column
BECAME_WORDS = {
    "delivered": Words("arrived", "dotarło"),
    "clicked": Words("clicked", "kliknięto"),
    "opened": Words("opened", "otwarto"),
    "followed": Words("followed", "przejścia"),
    "bounced": Words("bounced", "odbite"),
    "complained": Words("spam", "spam"),
}
SEGMENTS = {
    Segment.CHAMPIONS: "najlepsi klienci",
    Segment.LOYAL: "lojalni",
    Segment.PROMISING: "obiecujący",
    Segment.NEW: "nowi",
    Segment.NEEDS_ATTENTION: "wymagający uwagi",
    Segment.ABOUT_TO_SLEEP: "tracący zainteresowanie",
    Segment.AT_RISK: "zagrożeni odejściem",
    Segment.CANNOT_LOSE: "nie możemy ich stracić",
    Segment.HIBERNATING: "uśpieni",
}


def became_in_words(name: str, w: Writer) -> str:
    return BECAME_WORDS[name].to(w.language)


def plain(outcome: str, w: Writer) -> str:
    """Return a counter's name in the words that all commands use."""
    if outcome == UNKNOWN:
        return UNKNOWN_WORDS.to(w.language)
    begun = next((begins for begins in NOT_SENT if outcome.startswith(begins)), "")
    return reason_in_words(outcome.removeprefix(begun), w.language)


def why_not_sent(row: Sent, w: Writer) -> str:
    """Return the reasons with their numbers, such as "no consent (12), frequency cap reached (3)".
    Two counters may have one reason: it ended the timeline, or only this message."""
    reasons: Counter[str] = Counter()
    for name, number in row.not_sent.items():
        reasons[plain(name, w)] += number
    return ", ".join(f"{why} ({w.number(number)})" for why, number in reasons.most_common())


def name_in_table(name: str, w: Writer) -> str:
    """Return the message's name; the sums of all messages have none of their own."""
    return message_in_words(name, w.language) if name else w.say("all of them")


def idle_in_words(rows: Iterable[Sent], w: Writer) -> str:
    """Return a sentence about the messages whose time has not come for any cart."""
    names = [message_in_words(row.name, w.language) for row in rows if not row.outcomes]
    return w.say("Nothing yet: {messages}.", messages=", ".join(names)) if names else ""


def sent_in_words(row: Sent, w: Writer) -> str:
    """Return the number of messages, such as "12, 3 without a code"."""
    number = w.number(row.sent)
    if not row.without_code:
        return number
    return f"{number}, {w.number(row.without_code)} {WITHOUT_CODE.to(w.language)}"


def segment_in_words(segment: Segment | None, w: Writer) -> str:
    if segment is None:
        return w.say("not scored yet")
    return SEGMENTS[segment] if w.language == "pl" else str(segment)


def reason_of_cart(why: AbandonmentReason, w: Writer) -> str:
    """Return the answer that the shoppers chose."""
    return WHY[w.language].answers[why]


def rule_in_words(rule: str, w: Writer) -> str:
    """Return which rule of the settings says that a cart takes no timeline."""
    number = rule.removeprefix("rule ")
    if number == rule:
        return w.say("no rule of cart_timelines fits")
    return w.say("rule {number} of cart_timelines", number=number)


def only_now(report: Report, w: Writer) -> str:
    """Return a sentence about the figures of a past period that are not kept as they were then."""
    if report.today is None:
        return ""
    return w.say(ONLY_NOW, until=w.day(report.until), today=w.day(report.today))


ONLY_NOW = (
    "Orders after {until} are left out. All else is as it is known today, {today}: what was sent"
    " back since is taken off the month of its order, who was found to be one person is one, and"
    " experiments are as they are now. The segments, and who moved between them, are those of the"
    " last scoring: in which a shopper was then is not kept."
)


def why_no_segments(report: Report, w: Writer) -> str:
    if report.night is None:
        return w.say(
            "No night has scored the customers yet. `wracaj score {shop}` does it now.",
            shop=report.shop,
        )
    if report.night.currency != report.currency:
        return w.say(
            "Customers are scored in {scored}, and this report is in {currency}.",
            scored=report.night.currency,
            currency=report.currency,
        )
    return "" if report.segments else w.say("Nobody has bought yet.")


def since(report: Report, w: Writer) -> str:
    """Return when the customers were scored, and since when their moves are counted."""
    night = report.night
    if night is None:
        return ""
    told = w.say("Scored {at}", at=f"{night.at:%Y-%m-%d %H:%M}")
    if not night.since:
        return told
    return f"{told}; " + w.say("came and went since {at}", at=f"{night.since:%Y-%m-%d %H:%M}")


def moved(report: Report) -> list[Move]:
    """Return last night's moves from one segment to another, or into a first segment."""
    moves = report.night.moves if report.night and report.segments else ()
    return [move for move in moves if move.before is not move.after]
