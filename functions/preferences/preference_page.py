"""The preference page: a form for each section, plain HTML."""

from collections.abc import Iterable, Iterator
from html import escape

from preferences.preference_words import PREFERENCES, PreferenceWords, Told
from preferences.reach import Way, ways
from preferences.visit import Visit
from wracaj.consent.channel import TRAITS
from wracaj.consent.consent import address_hash_of
from wracaj.consent.preferences import Pace, Topic
from wracaj.consent.wording import no_to, yes_to
from wracaj.customers.customer import Customer
from wracaj.customers.masking import masked, masked_email
from wracaj.language import Locale
from wracaj.loyalty.programme_terms import Gift
from wracaj.money import format_money
from wracaj.pages.layout import Response
from wracaj.text.wording import month_names


def page(visit: Visit) -> Response:
    words = PREFERENCES[visit.lang]
    sections = [_topics(visit, words), _channels(visit, words), _pace(visit, words)]
    sections += [*_birthday_of(visit, words), _stop(words), _data(visit, words)]
    return visit.page(
        words.title, "\n".join([_told(visit, words), f"<p>{escape(words.intro)}</p>", *sections])
    )


def _birthday_of(visit: Visit, words: PreferenceWords) -> Iterator[str]:
    """Shown only where it is certain whose birthday it is."""
    programme = visit.shop.loyalty
    if visit.person and programme and programme.birthday:
        yield _birthday(visit.person, visit.lang, words, programme.birthday, programme.currency)
    elif visit.person and visit.person.birthday:
        yield _section(
            "birthday",
            words.birthday,
            [f"<p>{escape(words.birthday_remove)}</p>", _no_birthday(words)],
        )


def _told(visit: Visit, words: PreferenceWords) -> str:
    """The result of the last form. It gets the focus, so that screen readers read it out."""
    if visit.told not in set(Told):
        return ""
    told = Told(visit.told)
    role = "alert" if told.is_a_problem else "status"
    return f'<p class="told" role="{role}" tabindex="-1" autofocus>{escape(words.told[told])}</p>'


def _section(name: str, heading: str, inside: Iterable[str]) -> str:
    lines = "\n".join(filter(None, inside))
    return (
        f'<section aria-labelledby="{name}-heading">\n<h2'
        f' id="{name}-heading">{escape(heading)}</h2>\n{lines}\n</section>'
    )


def _form(section: str, *inside: str) -> str:
    lines = "\n".join(inside)
    return (
        '<form method="post">\n<input type="hidden" name="section"'
        f' value="{section}">\n{lines}\n</form>'
    )


def _button(text: str, kind: str = "", described_by: str = "") -> str:
    about = f' aria-describedby="{described_by}"' if described_by else ""
    return f'<button type="submit"{f" class={kind}" if kind else ""}{about}>{escape(text)}</button>'


def _fieldset(legend: str, inside: Iterable[str]) -> str:
    lines = "\n".join(inside)
    return f"<fieldset>\n<legend>{escape(legend)}</legend>\n{lines}\n</fieldset>"


def _choice(kind: str, name: str, value: str, text: str, more: str, chosen: bool) -> str:
    checked = " checked" if chosen else ""
    note = f"<small>{escape(more)}</small>" if more else ""
    return (
        f'<label class="choice"><input type="{kind}" name="{name}" value="{value}"{checked}>'
        f"<span>{escape(text)}{note}</span></label>"
    )


def _topics(visit: Visit, words: PreferenceWords) -> str:
    account = visit.reader.account
    declined = visit.here.declined | (account.declined if account else frozenset())
    choices = [
        _choice("checkbox", "topic", topic, *words.topic[topic], chosen=topic not in declined)
        for topic in Topic
    ]
    return _section(
        "topics",
        words.topics,
        [_form("topics", _fieldset(words.topics_legend, choices), _button(words.save_topics))],
    )


def _pace(visit: Visit, words: PreferenceWords) -> str:
    known = filter(None, (visit.here, visit.reader.account))
    chosen = max(
        filter(None, (one.pace for one in known)), key=lambda pace: pace.days, default=None
    )
    choices = [_choice("radio", "pace", "shop", words.as_the_shop, "", chosen is None)]
    choices += [
        _choice("radio", "pace", pace, words.paces[pace], "", chosen is pace) for pace in Pace
    ]
    return _section(
        "pace",
        words.pace,
        [_form("pace", _fieldset(words.pace_legend, choices), _button(words.save_pace))],
    )


def _channels(visit: Visit, words: PreferenceWords) -> str:
    return _section("channels", words.channels, [_way(visit, words, way) for way in ways(visit)])


def _way(visit: Visit, words: PreferenceWords, way: Way) -> str:
    channel, agrees, shown, mark = (
        way.channel,
        way.agrees,
        masked(way.channel, way.address),
        address_hash_of(way.address),
    )
    wording = no_to(visit.lang) if agrees else yes_to(channel, visit.shop.name, visit.lang)
    of_channel = TRAITS[channel].words[visit.lang]
    name = f"{of_channel.name}: {shown}" if shown else of_channel.name
    hidden = {
        "channel": channel,
        "answer": "no" if agrees else "yes",
        "wording": wording.version,
        "whose": mark,
    }
    state = words.on if agrees else words.off
    if way.suppressed:
        state = f"{state} {words.suppressed}"
    about = f"{channel}-{mark}-wording"
    told = "" if agrees else f'<p class="soft" id="{about}">{escape(wording.text)}</p>'
    button = (
        _button(of_channel.withdraw, "quiet")
        if agrees
        else _button(of_channel.agree, described_by=about)
    )
    fields = [
        f'<input type="hidden" name="{field}" value="{escape(value)}">'
        for field, value in hidden.items()
    ]
    return _form(
        "consent",
        *fields,
        _fieldset(name, [f"<p>{escape(state)}</p>", *filter(None, [told]), button]),
    )


def _birthday(
    person: Customer, lang: Locale, words: PreferenceWords, gift: Gift, currency: str
) -> str:
    why = words.birthday_gift
    if gift.spent_from:
        why = words.birthday_gift_from.format(
            amount=format_money(gift.spent_from, currency, lang, short=True)
        )
    known = words.birthday_known if person.birthday else ""
    days = [(str(day), str(day)) for day in range(1, 32)]
    months = [(str(number), name) for number, name in enumerate(month_names(lang), 1)]
    day, month = (
        _select("day", words.day, words, days),
        _select("month", words.month, words, months),
    )
    pair = f'<div class="pair">{day}{month}</div>'
    form = _form("birthday", _fieldset(words.birthday_legend, [pair]), _button(words.save_birthday))
    remove = _no_birthday(words) if known else ""
    about = f"<p>{escape(why)} {escape(words.birthday_needs)} {escape(known)}</p>"
    return _section("birthday", words.birthday, [about, form, remove])


def _no_birthday(words: PreferenceWords) -> str:
    return _form("no_birthday", _button(words.remove_birthday, "quiet"))


def _select(
    name: str, label: str, words: PreferenceWords, options: Iterable[tuple[str, str]]
) -> str:
    listed = "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
    choose = f'<option value="">{escape(words.choose)}</option>'
    return (
        f'<label>{escape(label)} <select name="{name}" required>{choose}{listed}</select></label>'
    )


def _stop(words: PreferenceWords) -> str:
    return _section(
        "stop",
        words.stop,
        [f"<p>{escape(words.stop_why)}</p>", _form("stop", _button(words.stop_all, "quiet"))],
    )


def _data(visit: Visit, words: PreferenceWords) -> str:
    email = visit.data_address
    if email is None:
        return _section("data", words.data, [f"<p>{escape(words.no_address)}</p>"])
    why = words.data_why.format(address=masked_email(email))
    return _section(
        "data",
        words.data,
        [f"<p>{escape(why)}</p>", _form("data", _button(words.send_link, "quiet"))],
    )
