"""How shops write a consent. Only one value is an opt-in; every value that can be read as an
opt-out is one."""

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.platforms.reading import UnclearError

_NOES = {
    "unsubscribed",
    "no",
    "nie",
    "never",
    "false",
    "off",
    "0",
    "denied",
    "declined",
    "refused",
    "rejected",
    "revoked",
} | {
    "withdrawn",
    "opted_out",
    "opt_out",
    "optout",
}
_STATES = [state.value for state in ConsentState]
_A_STATE = f"must be {', '.join(_STATES[:-1])} or {_STATES[-1]}"


def state(raw: object) -> ConsentState:
    """Null means unknown."""
    word = _word(raw)
    if word in _STATES:
        return ConsentState(word)
    if word in _NOES:
        raise UnclearError(f"{_A_STATE}: it is read as an opt-out", ConsentState.UNSUBSCRIBED)
    if word:
        raise UnclearError(f"{_A_STATE}: it counts for nothing", ConsentState.UNKNOWN)
    return ConsentState.UNKNOWN


def says_no(raw: object) -> bool:
    return _word(raw) in _NOES


def _word(raw: object) -> str:
    """The normalized value. Null becomes an empty text, which is no opt-out."""
    if raw is None or raw == "":
        return ""
    return (
        str(raw).strip().lower().replace("-", "_").replace(" ", "_")
        if isinstance(raw, str | int)
        else "?"
    )


def said(raw: object) -> object:
    """Read a bare text or boolean as an object with that state."""
    if raw in ([], {}, ""):
        return None
    if isinstance(raw, str | int):
        raise UnclearError("", {"state": raw})
    return raw


def said_of_all(raw: object) -> object:
    """Read one value for all channels. Only an opt-out can be given for all of them."""
    if says_no(raw):
        raise UnclearError("", dict.fromkeys(Channel, raw))
    return raw


State = Annotated[ConsentState, BeforeValidator(state), WithJsonSchema({"enum": _STATES})]
Said = BeforeValidator(said)
SaidOfAll = BeforeValidator(said_of_all)
