"""What a timeline asks of one step, what came of it, and every reason there is."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from wracaj.consent.consent import Channel
from wracaj.discounts.code import DiscountCode, DiscountTerms


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
    ERASED = "erased"  # the shopper asked to be forgotten, or the cart is gone
    SWITCHED_OFF = "switched_off"
    CART_EMPTIED = "cart_emptied"
    OLDER_THAN_SWITCH_ON = "older_than_switch_on"
    ORDER_UNDONE = "order_undone"  # a refund or a cancellation came after the order
    # all that was looked at lies in a cart, which has a timeline of its own
    ALREADY_IN_CART = "already_in_cart"
    # the shopper went on with another cart, which has a timeline of its own
    NEWER_CART = "newer_cart"
    SUPERSEDED = "superseded"  # a newer episode of the same cart runs
    ALREADY_SENT = "already_sent"
    # nobody knows whether the provider took it: never sent again
    OUTCOME_UNKNOWN = "outcome_unknown"
    SHOPPER_ACTIVE = "shopper_active"
    NOT_SET_UP = "not_set_up"  # the shop has not set this channel, or this audience, up
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_IN_RECORD = (
        "address_not_in_record"  # what is the shopper's own goes only where the shop's record says
    )
    # somebody ordered with this phone since: perhaps the same shopper
    PHONE_ORDERED = "phone_ordered"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"  # the address bounced, complained, or is gone
    TOPIC_DECLINED = "topic_declined"  # the shopper does not want to hear of this
    # sees the shop's advertisements already: nobody is in two audiences
    IN_AUDIENCE = "in_audience"
    IN_HOLDOUT = "in_holdout"
    FREQUENCY_CAP = "frequency_cap"
    QUIET_HOURS = "quiet_hours"
    # the send window opens too late for it, or Messenger's 24 hours are over
    WINDOW_CLOSED = "window_closed"
    STALE = "stale"
    SENT_ON_ANOTHER_CHANNEL = (
        "sent_on_another_channel"  # the message that this one stands in for was sent
    )
    # the shop could not create the code, or cannot afford it, and the step says to skip then
    NO_DISCOUNT = "no_discount"
    REFUSED = "refused"  # by the provider, for good
    PROVIDER_THROTTLED = "provider_throttled"  # it says when to ask again
    ADDRESS_GONE = "address_gone"  # the provider says that it leads to nobody any more
    CAMPAIGN_STOPPED = "campaign_stopped"  # by the shop's people
    CAMPAIGN_ENDED = "campaign_ended"  # its last moment has passed
    FAILED = "failed"  # by a mistake of ours, or of a template; the record holds which
    # what the message is about, such as recommendations, there is none of
    NO_CONTENT = "no_content"


class Discount(DiscountTerms):
    valid_days: Annotated[float, Field(gt=0, le=365)]
    if_unavailable: Literal["send_without", "skip"] = "send_without"

    @property
    def terms(self) -> DiscountTerms:
        return DiscountTerms.model_validate(
            self.model_dump(include=set(DiscountTerms.model_fields))
        )


# What only some messages have; see reminder_step/content.py.
ContentKind = Literal["recommendations", "invitation", "reward", "nudge", "expiring"]


class Step(Shape):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    channel: Channel
    # None: an audience has no text
    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    # to join, by its name in the settings
    audience: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    after_seconds: Annotated[int, Field(ge=0)]
    discount: Discount | None = None
    # sent only if that earlier step was not
    instead_of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None = None
    # tells the code that an earlier message of the episode gave, while it is valid; never a new one
    repeats_code: bool = False
    # beyond the cart; where there is none of it, the message is skipped
    content: ContentKind | None = None
    asks_reason: bool = (
        False  # why the cart was left behind, where this shopper was not asked before
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
    """Whether a message can be written: the templates are deployed with the step."""

    template: str
    channel: Channel


class MissedStep(Shape):
    """A step that the state machine gave up: perhaps its function never came to write it down."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    channel: Channel
    template: str | None = None


class StepRequest(Shape):
    """What the state machine passes: ids only, nothing personal. Without a step it says that the
    timeline has ended."""

    shop: str
    cart_id: str
    episode: Annotated[int, Field(ge=1)]
    timeline: str = "abandoned_cart"
    step: Step | None = None
    close: bool = False
    missed: tuple[MissedStep, ...] = ()  # those that the machine gave up before this call


class LoyaltySummaryRequest(Shape):
    """Asks loyalty_check where one customer stands."""

    shop: str
    customer_id: str


class StepResult(Shape):
    outcome: Outcome
    reason: Reason
    wait_seconds: int = 0


class LoyaltyOutcome(StrEnum):
    """What loyalty_check found that the shopper should hear of."""

    REWARD = "reward"
    NUDGE = "nudge"
    EXPIRING = "expiring"
    NOTHING = "nothing"


class LoyaltyAnswer(Shape):
    outcome: LoyaltyOutcome
    reason: Reason


class RecordState(StrEnum):
    HELD = "held"
    # claimed; the discount code is being created; nothing was given to the provider
    PREPARING = "preparing"
    SENDING = "sending"  # about to be given to the provider, or given: from here on never again
    RELEASED = "released"  # the provider certainly did not take it
    FAILED = "failed"  # before anything was given to the provider; another try may follow
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


class StepRecord(Shape):
    """What came of one step of one episode. Holds nothing personal."""

    state: RecordState
    reason: Reason
    at: AwareDatetime
    message_id: str
    channel: Channel
    template: str | None = None
    voucher: DiscountCode | None = None
    # the shop could not create the code, or cannot afford it; sent without
    without_discount: bool = False
    provider_id: str | None = None
    segments: int | None = None  # what an SMS is billed as
    until: AwareDatetime | None = None  # a held step's next try
    error: str | None = None  # what a try failed with: its class, and what to mend

    @property
    def counter(self) -> str | None:
        """Such as "sent" or "skipped_no_consent". None: of what is not over nothing is counted."""
        if not self.state.final:
            return None
        plain = self.state in {RecordState.SENT, RecordState.UNKNOWN}
        return str(self.state) if plain else f"{self.state}_{self.reason}"

    @property
    def is_sent_by_any_word(self) -> bool:
        """Whether it is news that the provider has the message: it had said otherwise, or nothing.

        A failed one may have been released before."""
        unclear = self.state in {RecordState.UNKNOWN, RecordState.RELEASED}
        return unclear or self.reason is Reason.FAILED
