"""Enters a shopper into the experiments that run, and applies their arms to a step."""

from collections.abc import Mapping
from datetime import datetime

from wracaj.customers.shopper import Shopper
from wracaj.experiments.arms import (
    ArmsGiven,
    Entry,
    arms_given,
    entry_of,
    own_first_wait,
    to_enter,
)
from wracaj.experiments.draw import drawn_arm
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.steps import Step, StepRequest
from wracaj.timelines.subject import Subject

NO_ARMS = ArmsGiven({}, is_held_out=False, timings={}, templates={})


def enter_experiments(
    store: Store,
    shop: ShopSettings,
    request: StepRequest,
    subject: Subject,
    shopper: Shopper,
    moment: datetime,
) -> tuple[Shopper, ArmsGiven]:
    """Return the shopper as stored, and the shopper's arms. One write, only where the shopper
    enters an experiment. Raises ConflictError if the shopper changed since they were read.

    A message that the shopper asked for is in no experiment.
    """
    if not shop.experiments or subject.asked_for:
        return shopper, NO_ARMS
    entries = shopper.arms
    if mixed := {name: entry for name, entry in entries.items() if entry.is_to_be_marked}:
        shopper = store.experiments.mark_mixed(shop.shop, shopper, mixed)
    if entering := _drawn(shop, request.timeline, shopper, entries, moment):
        shopper = store.experiments.enter(shop.shop, subject.cart_id, shopper, entering)
        entries = entries | entering
    earlier = subject.records_of(request.episode)
    so_far = [name for record in earlier for name in record.arms]
    arms = arms_given(shop, request.timeline, entries, moment, so_far)
    return shopper, _with_own_first_wait(shop, request, arms)


def _with_own_first_wait(shop: ShopSettings, request: StepRequest, arms: ArmsGiven) -> ArmsGiven:
    after_seconds = request.step.after_seconds if request.step else 0
    told = request.timings or {}
    own = own_first_wait(shop, request.timeline, arms.names, after_seconds, told)
    return arms._replace(timings={**own, **arms.timings})


def _drawn(
    shop: ShopSettings,
    timeline: str,
    shopper: Shopper,
    entries: Mapping[str, Entry],
    moment: datetime,
) -> dict[str, Entry]:
    """Return the experiments that the shopper enters. Whoever is held out from all messages enters
    no test of them."""
    entering: dict[str, Entry] = {}
    erased_at = shopper.known[shopper.person].erased_at
    for name, one in to_enter(shop, timeline, entries, moment, erased_at).items():
        arms = arms_given(shop, timeline, {**entries, **entering}, moment)
        if not arms.is_held_out:
            arm = drawn_arm(name, shop.shop, shopper.person, one.shares)
            entering[name] = entry_of(one, arm, shopper.person, moment)
    return entering


def in_arms(step: Step, arms: ArmsGiven) -> Step:
    """Return the step as the shopper's arms have it."""
    template = arms.templates.get(step.name, step.template)
    return step.model_copy(update={"template": template, "arms": dict(arms.names)})
