"""The request, result, record and reasons of a timeline's step."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountCode, DiscountTerms

CHECK, CLOSE = "CHECK", "CLOSE"  # what a timeline may wait for, besides a message


class Shape(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Outcome(StrEnum):
    SENT = "sent"
    SKIPPED = "skipped"
    WAIT = "wait"
    STOPPED = "stopped"
    ORDERED = "ordered"
    CLOSED = "closed"  # the timeline came to its end


class Reason(StrEnum):
    """Why a step did what it did."""

    DUE = "due"
    ORDERED = "ordered"
    ERASED = "erased"  # the shopper asked for erasure, or the cart was deleted
    SWITCHED_OFF = "switched_off"
    CART_EMPTIED = "cart_emptied"
    OLDER_THAN_SWITCH_ON = "older_than_switch_on"
    ORDER_UNDONE = "order_undone"  # a refund or a cancellation came after the order
    # all viewed products are in a cart, which has its own timeline
    ALREADY_IN_CART = "already_in_cart"
    # the shopper went on with another cart, which has its own timeline
    NEWER_CART = "newer_cart"
    SUPERSEDED = "superseded"  # a newer episode of the same cart runs
    ALREADY_SENT = "already_sent"
    # unknown whether the provider took it: never sent again
    OUTCOME_UNKNOWN = "outcome_unknown"
    SHOPPER_ACTIVE = "shopper_active"
    NOT_SET_UP = "not_set_up"  # the shop has not set up this channel or audience
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_IN_RECORD = (
        "address_not_in_record"  # personal content goes only to an address in the shop's record
    )
    # somebody ordered with this phone since: perhaps the same shopper
    PHONE_ORDERED = "phone_ordered"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"  # the address bounced, complained, or is gone
    TOPIC_DECLINED = "topic_declined"  # the shopper declined the topic on the preference page
    # the shopper is in an audience already: nobody is in two
    IN_AUDIENCE = "in_audience"
    IN_HOLDOUT = "in_holdout"
    OTHER_TIMINGS = "other_timings"  # the shopper's arm in an experiment has other timings
    FREQUENCY_CAP = "frequency_cap"
    QUIET_HOURS = "quiet_hours"
    # the send window opens too late, or the Messenger window is over
    WINDOW_CLOSED = "window_closed"
    STALE = "stale"
    SENT_ON_ANOTHER_CHANNEL = (
        "sent_on_another_channel"  # the message that this one replaces was sent
    )
    # the shop could not create the code or cannot afford it, and the step says `skip`
    NO_DISCOUNT = "no_discount"
    REFUSED = "refused"  # by the provider, for good
    PROVIDER_THROTTLED = "provider_throttled"  # the provider says when to try again
    ADDRESS_GONE = "address_gone"  # the provider reports that the address no longer exists
    CAMPAIGN_STOPPED = "campaign_stopped"  # by the shop's people
    CAMPAIGN_ENDED = "campaign_ended"  # its `until` has passed
    FAILED = "failed"  # an error of ours or of a template; the record has it
    # the message has no content, for example no recommendations
    NO_CONTENT = "no_content"
    # of page carts, however a stranger typed it; see reminder_step/step.py
    MAILBOX_LIMIT = "mailbox_limit"


class Discount(DiscountTerms):
    valid_days: Annotated[float, Field(gt=0, le=365)]
    if_unavailable: Literal["send_without", "skip"] = "send_without"

    @property
    def terms(self) -> DiscountTerms:
        return DiscountTerms.model_validate(
            self.model_dump(include=set(DiscountTerms.model_fields))
        )


# Content that only some messages have; see reminder_step/content.py.
ContentKind = Literal["recommendations", "invitation", "reward", "nudge", "expiring"]


class Step(Shape):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    channel: Channel
    # None: an audience has no text
    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    # the audience to join, by its name in the settings
    audience: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    after_seconds: Annotated[int, Field(ge=0)]
    discount: Discount | None = None
    # the step is skipped if this earlier step was sent
    instead_of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    # shows the code of an earlier message of the episode, while it is valid; never creates one
    repeats_code: bool = False
    # beyond the cart; without such content the message is skipped
    content: ContentKind | None = None
    arms: dict[str, str] = {}  # experiment → the shopper's arm; the step itself writes it
    asks_reason: bool = (
        False  # asks for the abandonment reason, if this shopper was not asked lately
    )

    @model_validator(mode="after")
    def _text_or_audience(self) -> Self:
        if self.channel is Channel.AUDIENCE and (
            self.audience is None or self.template or self.discount or self.asks_reason
        ):
            raise ValueError(
                "channel audience takes `audience`, the name of one in the settings, and no text or"
                " discount"
            )
        if self.channel is not Channel.AUDIENCE and (self.template is None or self.audience):
            raise ValueError("every channel but audience takes a `template`, and no `audience`")
        return self

    @model_validator(mode="after")
    def _one_code(self) -> Self:
        if self.discount and self.repeats_code:
            raise ValueError("a step gives a `discount` or `repeats_code`, not both")
        return self


class TextsRequest(Shape):
    """Asks whether a message's template can be rendered. Templates are deployed with the step
    function."""

    template: str
    channel: Channel


class MissedStep(Shape):
    """A step whose function gave the state machine no answer. It may have no record yet."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    channel: Channel
    template: str | None = None


class StepRequest(Shape):
    """Input from the state machine. It has ids only and no personal data. Without a step, it
    reports that the timeline has ended."""

    shop: str
    cart_id: str
    episode: Annotated[int, Field(ge=1)]
    timeline: str = "abandoned_cart"
    step: Step | None = None
    close: bool = False
    # of the shopper's arm in an experiment, as an earlier step answered them; None: the state
    # machine is of a release that knows no arms
    timings: dict[str, int | float | str] | None = None
    missed: tuple[MissedStep, ...] = ()  # steps before this call that gave no answer
    # what a long wait after this step keeps; "": the state machine is of a release without them
    version: str = ""  # of the timeline's short file
    part: int = 1  # which execution of the episode this is
    own_timings: dict[str, int | float | str] = {}  # with which the execution started
    contract: int = 0  # see contract.py; what is unknown was refused before


class LoyaltySummaryRequest(Shape):
    """Asks loyalty_check for one customer's loyalty summary."""

    shop: str
    customer_id: str


class StepResult(Shape):
    outcome: Outcome
    reason: Reason
    wait_seconds: int = 0
    # of the shopper's arm, for the rest of the timeline
    timings: dict[str, int | float | str] = Field(default_factory=dict)
    # the wait that follows is kept as a date in the table: this execution ends
    moved_out: bool = False


class LoyaltyOutcome(StrEnum):
    """What loyalty_check found to announce to the shopper."""

    REWARD = "reward"
    NUDGE = "nudge"
    EXPIRING = "expiring"
    NOTHING = "nothing"


class LoyaltyAnswer(Shape):
    outcome: LoyaltyOutcome
    reason: Reason


class RecordState(StrEnum):
    HELD = "held"
    # claimed; the discount code is being created; the provider has nothing yet
    PREPARING = "preparing"
    SENDING = "sending"  # sent to the provider, or about to be; never sent again
    RELEASED = "released"  # the provider certainly did not take it
    FAILED = "failed"  # before the provider got anything; it may be tried again
    SENT = "sent"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    ORDERED = "ordered"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        return self not in {
            RecordState.HELD,
            RecordState.PREPARING,
            RecordState.SENDING,
            RecordState.RELEASED,
            RecordState.FAILED,
        }

    @property
    def is_claimed_in_vain(self) -> bool:
        """Whether the message may have been claimed, and the provider certainly got nothing."""
        return self in {RecordState.PREPARING, RecordState.RELEASED, RecordState.FAILED}

    @property
    def may_have_left(self) -> bool:
        return self in {RecordState.SENDING, RecordState.SENT, RecordState.UNKNOWN}


class StepRecord(Shape):
    """The record of one step of one episode. It has no personal data."""

    state: RecordState
    reason: Reason
    at: AwareDatetime
    message_id: str
    channel: Channel
    template: str | None = None
    arms: dict[str, str] = {}  # experiment → the arm that the shopper is in
    # of each try the same; see code_told
    voucher: DiscountCode | None = None
    # sent without its code: the shop could not create it or cannot afford it
    without_discount: bool = False
    provider_id: str | None = None
    segments: int | None = None  # SMS segments
    until: AwareDatetime | None = None  # when a held step is tried again
    error: str | None = None  # why a try failed: the error's class, and what to do

    @property
    def code_told(self) -> DiscountCode | None:
        """The code that the message gives. None also where the shop gave no answer: it may have
        created the code, so a retry asks for the same one."""
        return None if self.without_discount else self.voucher

    @property
    def counter(self) -> str | None:
        """The counter's name, such as "sent" or "skipped_no_consent". None while the step is not
        finished."""
        if not self.state.final:
            return None
        plain = self.state in {RecordState.SENT, RecordState.UNKNOWN}
        return str(self.state) if plain else f"{self.state}_{self.reason}"

    @property
    def is_sent_by_any_word(self) -> bool:
        """Whether a report that the provider has the message changes the record. It does if the
        outcome was unknown, released or failed.

        A failed record may have been released before.
        """
        unclear = self.state in {RecordState.UNKNOWN, RecordState.RELEASED}
        return unclear or self.reason is Reason.FAILED
