"""Normal forms of shoppers' addresses, for storing and comparing. A value that cannot be used
becomes None."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from wracaj.customers.email_address import normal_email
from wracaj.events import Contact

_PHONE_LENGTH = 40
_GAP = r"[\s().-]*"
_NOTE = re.compile(rf"(?<=[0-9]){_GAP}[^\W\d_]\D*$")  # 601 234 567 (mama)
_AFTER_A_TAG = re.compile("[.@,;]")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


def normal_phone(raw: str | None, region: str) -> str | None:
    """Return the number in E.164, such as "+48601234567". `region` is the country assumed for
    numbers without a prefix."""
    text = (raw or "").strip()
    if not text or len(text) > _PHONE_LENGTH:
        return None
    import phonenumbers  # imported here because it loads slowly and most events have no phone

    code = str(phonenumbers.country_code_for_region(region))
    return next(filter(None, (_valid(one, region) for one in _readings(text, code))), None)


def _readings(written: str, code: str) -> Iterator[str]:
    """The number as it is written. If that is none: without a note after it, and without what forms
    write before it, which is the country's code twice or a 0 after it. A 0 without the code stays:
    with it, a number is another country's."""
    yield written
    bare = _NOTE.sub("", written)
    yield bare
    yield re.sub(rf"^{_GAP}(\+|00)?{_GAP}{code}{_GAP}(\+|00)?{_GAP}{code}", f"+{code}", bare)
    yield re.sub(rf"^{_GAP}(\+|00){_GAP}{code}{_GAP}0", f"+{code}", bare)


def _valid(text: str, region: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def may_be_texted(phone: str, countries: Collection[str]) -> bool:
    """Whether an E.164 number is a mobile number of one of these countries (ISO 3166). Premium and
    satellite numbers are not."""
    import phonenumbers

    number = phonenumbers.parse(phone)
    kinds = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return (
        phonenumbers.region_code_for_number(number) in countries
        and phonenumbers.number_type(number) in kinds
    )


def normal_locale(raw: str | None) -> str | None:
    """Return a BCP 47 tag. Shops also write "pl_PL", "pl_PL.UTF-8", and the list that a browser
    sends, of which the first counts."""
    text = _AFTER_A_TAG.split((raw or "").strip(), maxsplit=1)[0].replace("_", "-")
    return text if _LOCALE.fullmatch(text) else None


@dataclass(frozen=True)
class Record:
    """What the shop itself keeps of a customer account; see wracaj.events.Contact."""

    email: str | None = None
    phone: str | None = None
    first_name: str | None = None


def contact(
    region: str,
    *,
    platform_id: str | None = None,
    emails: Iterable[str | None] = (),
    phones: Iterable[str | None] = (),
    first_name: str | None = None,
    locale: str | None = None,
    id_by_login: bool = False,
    record: Record | None = None,
) -> Contact:
    """Build a Contact from the first usable address of each kind. A record is ignored without the
    customer's `platform_id`, because it cannot be assigned to anybody."""
    known = record if record and platform_id else Record()
    return Contact(
        platform_id=platform_id,
        id_by_login=id_by_login and bool(platform_id),
        record_email=normal_email(known.email),
        record_phone=normal_phone(known.phone, region),
        record_first_name=known.first_name,
        email=next(filter(None, map(normal_email, emails)), None),
        phone=next(filter(None, (normal_phone(phone, region) for phone in phones)), None),
        first_name=first_name,
        locale=normal_locale(locale),
    )
