"""Normal form of e-mail addresses, for storing, comparing and sending."""

import re
import unicodedata

from wracaj.hosts import ascii_host

LONGEST = 254  # RFC 5321; the part before the @ may have 64
_LONGEST_WRITTEN = 1000

# Invisible characters that are copied with an address: soft hyphen, zero width, direction marks,
# byte order mark, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff]"
)
_MAILTO = re.compile(r"mailto:\s*(?P<address>[^?]*)(\?.*)?", re.IGNORECASE | re.DOTALL)
_CAPTION = re.compile(
    r"^\s*((adres|address)(\s+e-?mail)?|e-?mail(\s+address)?|mail)\s*:", re.IGNORECASE
)
# A name in brackets before or after the address: <Anna> anna@poczta.example (Anna)
_ASIDE = r"[<(\[][^@<>()\[\]]*[>)\]]"
_ASIDES = re.compile(rf"^\s*{_ASIDE}|{_ASIDE}\s*$")
# A name before the address in brackets, and the bracket that ends it: Anna <anna@poczta.example>
_NAMED = {
    re.compile(r"\[(?P<name>[^\[\]]*)\]\(mailto:(?P<address>[^()?]*)(\?[^()]*)?\)"): ")",
    re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>[\s.,;]*"): ">",
    re.compile(r"(?P<name>[^()@]*)\((?P<address>[^()]*)\)[\s.,;]*"): ")",
    re.compile(r"(?P<name>[^\[\]@]*)\[(?P<address>[^\[\]]*)\][\s.,;]*"): "]",
}
_SPACES_AROUND_AT = re.compile(r"[ \t]*@[ \t]*")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u3000", " "))
_AROUND = " \t\r\n\"'´‘’‚“”„«»‹›()[]<>,;:."
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?:(?!..--)|(?=xn--))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_GMAIL = ("gmail.com", "googlemail.com")
# RFC 2606. WordPress puts deleted@site.invalid into the orders of everybody who was erased there,
# who would all become one shopper.
_NOBODYS = re.compile(r"(^|\.)invalid$")
# all top-level domains end in a letter
_PLAIN = re.compile(rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+{_LABEL}(?<![0-9])")


def normal_email(raw: str | None) -> str | None:
    """Return the bare address in lower case, its domain in A-labels. None if no mail can be sent to
    it."""
    text = (raw or "")[:_LONGEST_WRITTEN].translate(_SPACES)
    local, at, domain = _unwrapped(text).lower().rpartition("@")
    host = ascii_host(domain) if at else None
    if not local or not host or _NOBODYS.search(host):
        return None
    address = f"{unicodedata.normalize('NFC', local)}@{host}"
    return address if len(address) <= LONGEST and _is_mailbox(address) else None


def mailbox_of(address: str) -> str:
    """Return the mailbox that an address probably reaches, for counting what goes there: many hosts
    deliver ala+anything@ to ala@, and Gmail ignores dots. A phone number stays as it is.

    Only for limits: whether two addresses are one person, nobody knows.
    """
    local, at, host = address.rpartition("@")
    if not at:
        return address
    bare = local.partition("+")[0] or local
    if host in _GMAIL:
        bare, host = bare.replace(".", ""), _GMAIL[0]
    return f"{bare}@{host}"


def _unwrapped(text: str) -> str:
    """Remove captions, names and brackets. If the text has two addresses, both stay, so the result
    is not a valid mailbox."""
    bare = ""
    while bare != text:
        bare = text
        text = _CAPTION.sub("", _ASIDES.sub("", _INVISIBLE.sub("", text)))
        text = _out_of_brackets(text).strip(_AROUND)
    return _SPACES_AROUND_AT.sub("@", text)


def _out_of_brackets(text: str) -> str:
    if mailto := _MAILTO.fullmatch(text.strip(_AROUND)):
        return mailto["address"]
    for named, end in _NAMED.items():
        found = named.fullmatch(text) or named.fullmatch(f"{text}{end}")
        if found and not _is_anothers(found["name"], found["address"]):
            return found["address"]
    return text


def _is_anothers(name: str, address: str) -> bool:
    """Whether the name is itself another address. Then nobody can say whose address it is."""
    return "@" in name and normal_email(name) not in {None, normal_email(address)}


def _is_mailbox(address: str) -> bool:
    """Whether the address is valid. Most addresses match the plain pattern. The others need
    email_validator, which takes longer to load than the rest of a webhook takes."""
    if _PLAIN.fullmatch(address):
        return address.index("@") <= 64
    # U+FFFD replaces a character lost in transfer
    if address.isascii() or not address.isprintable() or "\ufffd" in address:
        return False
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(
            address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=True
        )
    except EmailNotValidError:
        return False
    return True
