"""Every error of ours that may reach a person or a caller. Matched by class, never by text."""

Problem = tuple[str, str]  # a field, and what is wrong with it


class WracajError(Exception):
    """The root: its text says what is wrong, where, and what to do."""


class UnknownShopError(WracajError):
    """No settings are stored for this shop."""


class NothingKnownError(WracajError):
    """Nothing is stored of what was asked for."""


class SignatureError(WracajError):
    """The request was not signed by the shop, or too long ago."""


class PayloadError(WracajError):
    """The body is not what its topic promises. `problems` holds (field, what is wrong with it)
    pairs."""

    def __init__(self, problems: list[Problem], topic: str = "") -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems))
        self.problems, self.topic = problems, topic


class SettingsError(WracajError):
    """A shop's settings cannot be used. `problems` holds (key, what is wrong and how to mend it)
    pairs."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{key}: {problem}" for key, problem in problems))
        self.problems = problems


class ConflictError(WracajError):
    """Somebody else changed the item between our read and our write; read again and
    decide again."""


class UnavailableError(WracajError):
    """A service of AWS did not answer, or refused for now: the same may be tried again."""


class ContractError(WracajError):
    """A state machine of a newer release asks, in a way that this release does not know: the same
    must be tried again until newer code is deployed."""


class StepFailedError(WracajError):
    """A step broke in a way nobody thought of. Says where, and nothing of what it worked on: that
    may be personal."""


class NotTakenError(WracajError):
    """The provider certainly did not take the message: it may be sent again, and not before the
    time that it asks for."""

    def __init__(self, text: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class RefusedError(WracajError):
    """The provider refused this message for good: sending it again would be refused again."""


class AddressGoneError(RefusedError):
    """The address leads to nobody any more: nothing is to be sent there again."""


class WindowClosedError(RefusedError):
    """The shopper wrote too long ago for this channel."""


class OutcomeUnknownError(WracajError):
    """Nobody can tell whether the provider took the message: it must never be sent again."""


class DiscountError(WracajError):
    """The shop did not create the discount code."""


class ShopBusyError(WracajError):
    """The shop's API gives no answer for now: the same may be asked again later, and not before the
    time that it asks for."""

    def __init__(self, text: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class ShopRefusalError(WracajError):
    """The shop's API refuses what it is asked. Its text says what people must change."""


class NotAllowedError(ShopRefusalError):
    """The shop's token may not read this. It may read other things."""


class BudgetSpentError(WracajError):
    """A run has made all the calls to a shop that it may make, or has no time left for one."""


class NotThereYetError(WracajError):
    """The shop's API knows nothing of what a webhook reported."""


class LinkError(WracajError):
    """A link is tampered with, expired, or was made for another purpose."""
