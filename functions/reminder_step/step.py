"""One step of a timeline: decide, claim, send, and record the result.

A message is sent at most once. Nothing is sent before the claim, and after it no other process may
send. If the process dies between the call to the provider and its record, the outcome is unknown
and the message counts as sent.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from reminder_step.content import message_content_of
from reminder_step.content_campaign import campaign_of
from reminder_step.context import MessageContext
from reminder_step.dependencies import Dependencies
from reminder_step.experiments import enter_experiments, in_arms
from reminder_step.failing import conclude_failed
from reminder_step.message import address_of
from reminder_step.record import note
from reminder_step.send import DECISIONS, Tried, Try
from wracaj.archive.decisions import Decision, decision_row
from wracaj.aws.archive_queue import note as note_for_archive
from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import now
from wracaj.consent.channel import TRAITS, Channel
from wracaj.customers.customer import Customer
from wracaj.customers.email_address import mailbox_of
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.settings.shop import Shop
from wracaj.store.message_links import message_id
from wracaj.store.request_limits import LimitedAction
from wracaj.timelines.decision import in_time, reason_against, with_arms
from wracaj.timelines.facts import GONE, Facts, barred_elsewhere, facts_of
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import Outcome, Reason, Step, StepRecord, StepRequest, StepResult
from wracaj.timelines.subject import Subject

ENDS = {Outcome.STOPPED, Outcome.ORDERED}  # outcomes that end the timeline
# reasons for which nothing was sent, though a later question could be
UNASKED = {Reason.NO_CONTENT, Reason.SWITCHED_OFF, Reason.STALE}


@dataclass(frozen=True)
class Stepper(Dependencies):
    """Runs one step of a timeline, and ends a timeline."""

    def close(self, request: StepRequest) -> StepResult:
        cart = self.store.carts.get_with_records(request.shop, request.cart_id)
        if cart:
            conclude_failed(self.store, request, cart)
        self._out_of_audience(request, cart)
        self.store.carts.end_episode(request.shop, request.cart_id, request.episode, now())
        return StepResult(outcome=Outcome.CLOSED, reason=Reason.DUE)

    def _out_of_audience(self, request: StepRequest, subject: Subject | None) -> None:
        """Remove from audiences everybody whom this timeline added. This works also when the cart
        belongs to another shopper by now, or to an erased one."""
        cart_id, episode = request.cart_id, request.episode
        for record in subject.records_of(episode) if subject else ():
            target = (
                self.store.message_links.target(record.message_id)
                if record.channel is Channel.AUDIENCE
                else None
            )
            if target:
                leave = partial(Customer.out_of_audience_of, cart_id=cart_id, episode=episode)
                self.store.customers.amend_one(request.shop, target.customer_id, leave)

    def run(self, shop: Shop, request: StepRequest, step: Step) -> StepResult:
        """Raises NotTakenError or ConflictError where the state machine should try again."""
        decision = self._decided(shop, request, step)
        note_for_archive(decision_row(shop.settings, request, step, decision))
        return decision.result

    def _decided(self, shop: Shop, request: StepRequest, step: Step) -> Decision:
        for _ in range(DECISIONS - 1):
            try:
                return self._run(shop, request, step)
            # the cart or the shopper changed between the decision and the claim: decide again
            except ConflictError:
                continue
        return self._run(shop, request, step)

    def _run(self, shop: Shop, request: StepRequest, step: Step) -> Decision:
        subject = self.store.carts.get_with_records(request.shop, request.cart_id)
        if subject:
            conclude_failed(self.store, request, subject, but=step)
        shopper = self.store.customers.shopper_of(subject) if subject else None
        record = subject.record(request.episode, step.name) if subject else None
        # the frequency cap must not count this step's own earlier claim
        if shopper and record and not record.state.final:
            channel, at = record.channel, record.at
            shopper = shopper.each(lambda one: one.without_sent(channel, at).without_why_asked(at))
        moment, facts = now(), GONE
        if subject and shopper:
            subject, facts = self._facts(shop, request, step, subject, shopper, moment)
        if against := reason_against(facts, step, shop.settings, moment):
            result = self._not_sent(shop, request, step, subject, record, against, moment)
            return Decision(result, facts, moment, shopper)
        assert subject  # without a subject or a shopper there is always a reason
        assert shopper
        elsewhere = barred_elsewhere(subject, shopper, step, shop.settings, moment)
        shopper, arms = enter_experiments(
            self.store, shop.settings, request, subject, shopper, moment
        )
        step = in_arms(step, arms)
        if (instead := with_arms(arms, request.timings)) and instead.outcome is Outcome.WAIT:
            return Decision(instead, facts, moment, shopper, elsewhere, arms=step.arms)
        result = instead or in_time(facts, step, shop.settings, moment)
        result = result.model_copy(update={"timings": dict(arms.timings)})
        if result.outcome is not Outcome.SENT:
            result = self._not_sent(shop, request, step, subject, record, result, moment)
            return Decision(result, facts, moment, shopper, elsewhere, arms=step.arms)
        tried = self._send(shop, request, step, subject, shopper, record, moment)
        sent = tried.result.model_copy(update={"timings": dict(arms.timings)})
        to = address_of(shopper, subject, step)
        here = shopper.at(step.channel, to).id
        return Decision(
            sent, facts, moment, shopper, elsewhere, tried.record, here, step.arms, tried.marks
        )

    def _facts(
        self,
        shop: Shop,
        request: StepRequest,
        step: Step,
        subject: Cart | Occasion,
        shopper: Shopper,
        moment: datetime,
    ) -> tuple[Cart | Occasion, Facts]:
        """Return what decides about the message, and the subject without the viewed products that
        lie in a cart."""
        others = self._other_carts(subject, shopper)
        if isinstance(subject, Occasion):
            subject = _without_what_lies_in(others, subject)
        facts = facts_of(
            subject,
            shopper,
            step,
            shop.settings,
            moment,
            episode=request.episode,
            other_carts=others,
            campaign=campaign_of(self.store, subject, shopper),
            reminded_at=self._reminded_at(shop, subject, shopper),
            switched_on=self.switched_on,
        )
        return subject, facts

    def _not_sent(
        self,
        shop: Shop,
        request: StepRequest,
        step: Step,
        subject: Subject | None,
        record: StepRecord | None,
        result: StepResult,
        moment: datetime,
    ) -> StepResult:
        if result.outcome in ENDS:
            self._out_of_audience(request, subject)
        if result.reason in UNASKED:
            self._not_asked(subject)
        return note(self.store, shop, request, step, record, result, moment)

    def _send(
        self,
        shop: Shop,
        request: StepRequest,
        step: Step,
        subject: Subject,
        shopper: Shopper,
        record: StepRecord | None,
        moment: datetime,
    ) -> Tried:
        """Send a due message, or skip it where there is no content."""
        message = message_id(request.shop, request.cart_id, request.episode, step.name)
        to = address_of(shopper, subject, step)
        given = MessageContext(
            self.store, shop.settings, subject, shopper, step.channel, to, message, moment
        )
        content = message_content_of(step, given)
        if content is None or self._is_too_much_for(to, subject, step):
            why = Reason.NO_CONTENT if content is None else Reason.MAILBOX_LIMIT
            nothing = StepResult(outcome=Outcome.SKIPPED, reason=why)
            noted = note(self.store, shop, request, step, record, nothing, moment)
            return Tried(noted, None)
        tried = Try(self, shop, request, step, subject, shopper, to, record, moment, content).send()
        return tried._replace(marks=content.marks)

    def _is_too_much_for(self, to: str, subject: Subject, step: Step) -> bool:
        """Whether the mailbox got enough reminders of page carts today. A stranger can type it in
        many ways (ala+1@, ala+2@ …), each with caps of its own."""
        if not is_page_cart(subject.cart_id) or TRAITS[step.channel].typed_field is None:
            return False
        action = LimitedAction.PAGE_REMINDER
        return not self.store.rate_limits.admit(subject.shop, action, mailbox_of(to))

    def _other_carts(self, subject: Subject, shopper: Shopper) -> list[Cart]:
        """The shopper's other open carts, where the message depends on them. One query."""
        if not subject.minds_other_carts:
            return []
        return self.store.carts.open_carts(subject.shop, shopper, but=subject.cart_id)

    def _not_asked(self, subject: Subject | None) -> None:
        """Forget the question for double opt-in that was not sent, so that the next opt-in may ask
        again."""
        if isinstance(subject, Occasion) and subject.kind is OccasionKind.CONFIRM_CONSENT:
            name, channel, at = subject.about.split("#")
            asked = datetime.fromisoformat(at)
            self.store.customers.amend_one(
                subject.shop, name, lambda known: known.without_question(Channel(channel), asked)
            )

    def _reminded_at(self, shop: Shop, subject: Subject, shopper: Shopper) -> datetime | None:
        """When this shopper last got a browse reminder, under any identifier they had before."""
        is_views = isinstance(subject, Occasion) and subject.kind is OccasionKind.BROWSE
        if not is_views:
            return None
        kept = self.store.browsers.of_others(shop.id, shopper.absorbed)
        return max((one.last_message_at for one in kept if one.last_message_at), default=None)


def _without_what_lies_in(others: list[Cart], views: Occasion) -> Occasion:
    """Remove the products that the shopper has since put into a cart."""
    reported = (other for other in others if not is_page_cart(other.cart_id))
    items = (item for other in reported for item in other.content.items)
    return views.without({item.product_id for item in items if item.product_id})
