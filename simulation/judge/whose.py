"""Whose address a message went to, whose cart and name it shows, and what is left of the erased."""

import re
from collections.abc import Iterator

from simulation.judge.evidence import Evidence, Message
from simulation.judge.people import accounts_of, recorded_addresses
from simulation.judge.promises import Promise, Violation
from simulation.judge.truth import CartTold, ErasureTold, Truth, Who, WordTold


def to_others(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    marks = {one.mark: one.cart for one in truth.carts if one.mark}
    names = {who.name for who in everybody(truth) if who.name}
    pairs = set(named_addresses(truth))
    for message in seen.messages:
        if message.subject in truth.cart_ids:
            yield from _elsewhere(truth, message)
            for mark, cart in marks.items():
                if cart != message.subject and mark in message.text:
                    yield Violation(Promise.ADDRESS, f"{message} shows cart {cart}", message.at)
        for name in names:
            if name in message.text and (name, message.to) not in pairs:
                yield Violation(Promise.ADDRESS, f"{message} greets {name}", message.at)
    for visit in seen.visits:
        others = [cart for cart in truth.cart_ids if cart != visit.subject]
        if any(f"/{cart}?" in f"{visit.location}?" for cart in others):
            told = f"a link of {visit.subject} leads to {visit.location}"
            yield Violation(Promise.ADDRESS, told)


def _elsewhere(truth: Truth, message: Message) -> Iterator[Violation]:
    reports = [one for one in truth.reports_of(message.subject) if _told(one, message)]
    typed = {
        address
        for one in reports
        if one.may_be_known(message.committed)
        and (address := one.who.address(message.channel))
        and not _corrected(truth, one, reports, message)
    }
    accounts = accounts_of(truth, message.subject, message.committed)
    recorded = recorded_addresses(truth, accounts, message.channel)
    if message.to not in typed | recorded:
        told = f"{message}, typed were {sorted(typed)}, recorded {sorted(recorded)}"
        yield Violation(Promise.ADDRESS, told, message.at)


def _told(report: CartTold, message: Message) -> bool:
    return report.who.address(message.channel) is not None


def _corrected(truth: Truth, report: CartTold, reports: list[CartTold], message: Message) -> bool:
    """Whether a newer report has another address, and was surely known when the message was."""
    own = report.who.address(message.channel)
    return any(
        truth.is_newer(one, report)
        and one.is_known(message.committed)
        and one.who.address(message.channel) != own
        for one in reports
    )


def everybody(truth: Truth) -> Iterator[Who]:
    for one in (*truth.carts, *truth.orders, *truth.records):
        yield one.who


def named_addresses(truth: Truth) -> Iterator[tuple[str, str]]:
    """Each name with each address that it was typed with, or that its account's record has."""
    for who in everybody(truth):
        for address in (who.email, who.phone):
            if who.name and address:
                yield who.name, address
        if who.name and who.account:
            for channel in ("email", "sms"):
                for address in recorded_addresses(truth, {who.account}, channel):
                    yield who.name, address


def erased(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    for one in truth.erasures:
        if one.answered is None or not one.is_sole:
            continue
        addresses = {one.who.email, one.who.phone} - {None}
        for message in seen.messages:
            is_late = one.answered < message.committed and message.to in addresses
            if is_late and not is_back(truth, one, message.committed):
                told = f"{message}, erased at {one.at}"
                yield Violation(Promise.ERASURE, told, message.at)
        if not (is_back(truth, one, None) or _may_be_stored_again(truth, one)):
            yield from _left_over(truth, seen, one)


def is_back(truth: Truth, erasure: ErasureTold, tick: int | None) -> bool:
    """Whether the shop reported this person again, dated after the erasure."""
    dated = [(one, one.version[0]) for one in (*truth.carts, *truth.orders, *truth.records)]
    return any(
        one.asked is not None
        and (tick is None or one.asked < tick)
        and at > erasure.at
        and _is_of(one.who, erasure.who)
        for one, at in dated
    ) or any(
        word.asked is not None
        and (tick is None or word.asked < tick)
        and (word.dated or word.at) > erasure.at
        and _is_at(word, erasure.who)
        for word in truth.words
    )


def _may_be_stored_again(truth: Truth, erasure: ErasureTold) -> bool:
    """Whether the shop's clock is hours off, and something older of this person came after the
    erasure: it may count as newer, which is a documented limit. Still no message may follow."""
    told = [
        one.asked
        for one in (*truth.carts, *truth.orders, *truth.records)
        if _is_of(one.who, erasure.who)
    ]
    told += [word.asked for word in truth.words if _is_at(word, erasure.who)]
    is_off = not all(one.times_of_shop_hold for one in truth.rules)
    return is_off and any(asked is not None and asked > (erasure.asked or 0) for asked in told)


def _is_at(word: WordTold, erased_one: Who) -> bool:
    return word.address is not None and word.address in (erased_one.email, erased_one.phone)


def _is_of(who: Who, erased_one: Who) -> bool:
    pairs = ((who.account, erased_one.account), (who.email, erased_one.email))
    return any(mine and mine == theirs for mine, theirs in (*pairs, (who.phone, erased_one.phone)))


def _left_over(truth: Truth, seen: Evidence, erasure: ErasureTold) -> Iterator[Violation]:
    addresses = [one for one in (erasure.who.email, erasure.who.phone) if one]
    others = {
        address
        for name, address in named_addresses(truth)
        if name == erasure.who.name and address not in addresses
    }
    for item in seen.items:
        text = str(item)
        # "slip.anna@…" is another's address, and no trace of "anna@…"
        found = [one for one in addresses if re.search(rf"(?<![\w.]){re.escape(one)}", text)]
        # the name may stand beside another address of theirs, which nobody asked to erase
        if erasure.who.name and erasure.who.name in text and not any(o in text for o in others):
            found.append(erasure.who.name)
        if found:
            where = f"{item.get('PK')} {item.get('SK')}"
            yield Violation(Promise.ERASURE, f"{where} still holds {found}")
