"""A shop's experiments, when its settings are stored: their arms can work, and what runs does not
change."""

from collections.abc import Iterator
from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.errors import SettingsError
from wracaj.messages.template_files import missing_files
from wracaj.settings.experiments import Arm, Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.text.spelling import did_you_mean
from wracaj_cli.shops.own_timings import Told, wrong_timings

MAY_CHANGE = {"ends", "decided"}


def refuse_wrong_arms(settings: ShopSettings) -> None:
    """Raises SettingsError if an arm has a timing, a message or a template that its timeline does
    not have, or numbers that the timeline cannot run with."""
    found = [
        told
        for name, one in settings.experiments.items()
        for arm_name, arm in one.arms.items()
        for told in _wrong_arm(f"experiments.{name}.arms.{arm_name}", one, arm, settings)
    ]
    if found:
        raise SettingsError(found)


def _wrong_arm(place: str, one: Experiment, arm: Arm, settings: ShopSettings) -> Iterator[Told]:
    timeline = str(one.timeline)
    own = {**settings.timings.get(timeline, {}), **arm.timings}
    tried = settings.model_copy(update={"timings": {timeline: own}})
    for key, problem in wrong_timings(tried):
        yield key.replace(f"timings.{timeline}", f"{place}.timings"), problem
    yield from _wrong_templates(place, timeline, arm)


def _wrong_templates(place: str, timeline: str, arm: Arm) -> Iterator[Told]:
    if not arm.templates:
        return
    channels = _channels(timeline)
    for step, template in arm.templates.items():
        key = f"{place}.templates.{step}"
        if step not in channels:
            meant = did_you_mean(step, channels) or f"; it has {', '.join(channels)}"
            yield key, f"is no message of {timeline}{meant}"
        elif missing := missing_files(template, channels[step]):
            yield key, f"has no file {missing[0]}; write it, or name another template"


def _channels(timeline: str) -> dict[str, Channel]:
    """Return the messages of a timeline that have a template, and their channels."""
    # imported here, because most settings have no experiments
    from wracaj_cli.timelines.reading import read_named
    from wracaj_cli.timelines.rules.shape import read_short

    short = read_short(read_named(timeline))
    if isinstance(short, list):
        return {}
    return {
        name: Channel(message.channel)
        for name, message in short.named_messages
        if message.channel and message.channel != Channel.AUDIENCE
    }


def with_experiments_kept(
    settings: ShopSettings, known: ShopSettings | None, now: datetime
) -> ShopSettings:
    """Return the settings with what was decided about experiments, as it is stored. Raises
    SettingsError if one that has begun is changed, or one that runs is removed."""
    if known is None:
        return settings
    problems = [
        told
        for name, stored in known.experiments.items()
        if stored.begins <= now
        for told in _changed(name, stored, settings.experiments.get(name), now)
    ]
    if problems:
        raise SettingsError(problems)
    kept = {
        name: one.model_copy(update={"decided": one.decided or known.experiments[name].decided})
        if name in known.experiments
        else one
        for name, one in settings.experiments.items()
    }
    return settings.model_copy(update={"experiments": kept})


def _changed(
    name: str, stored: Experiment, new: Experiment | None, now: datetime
) -> Iterator[Told]:
    place, end = f"experiments.{name}", "end it with `wracaj experiment end`"
    is_over = stored.decided or stored.last_word_at <= now
    if new is None:
        if not is_over:
            yield place, f"runs, and is not in the file; write it there, or {end}"
        return
    before, after = stored.model_dump(), new.model_dump()
    for key in before:
        if key not in MAY_CHANGE and before[key] != after[key]:
            yield (
                f"{place}.{key}",
                "is changed after the experiment was over; begin another one, under a name of its"
                " own"
                if is_over
                else "is changed while the experiment runs, so its arms could no longer be"
                f" compared; {end}, and begin another one",
            )


def refuse_names_of_old_experiments(
    store: Store, settings: ShopSettings, known: ShopSettings | None
) -> None:
    """Raises SettingsError if a new experiment has the name of one that was removed: people entered
    that one, and would count in this one. One query for each new experiment."""
    new = settings.experiments.keys() - known.experiments.keys() if known else set()
    if found := [name for name in sorted(new) if store.experiments.sums(settings.shop, name)]:
        raise SettingsError(
            [
                (
                    f"experiments.{name}",
                    "is the name of an earlier experiment, whose people would count in this one;"
                    " take another name",
                )
                for name in found
            ]
        )


def without_effect(settings: ShopSettings, now: datetime) -> Iterator[str]:
    """Yield what keeps an experiment from showing anything."""
    for name, one in settings.experiments.items():
        if one.decided or one.ends <= now:
            continue
        if one.timeline and one.timeline not in settings.timelines:
            yield (
                f"nobody enters the experiment {name}: {one.timeline} does not run. Add it to the"
                " list timelines."
            )
        if one.metric == "contribution" and settings.economics.margin_percent is None:
            yield (
                f"the experiment {name} decides by contribution, and the settings tell no margin:"
                " only orders whose items all tell their unit_cost count. Write"
                " economics.margin_percent."
            )
