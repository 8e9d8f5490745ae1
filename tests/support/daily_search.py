"""Runs a shop's daily search task by task, as its state machine does."""

from daily_occasions.search import Searcher
from daily_occasions.tasks import Begin, Done, Plan, Planned
from support.scenes import Scene


def plan_day(scene: Scene) -> Planned:
    return searcher(scene).plan(scene.shop.settings, Plan(task="plan", shop=scene.shop.id))


def search_parts(scene: Scene, planned: Planned) -> None:
    for part in planned.parts:
        left = part
        while (
            left := searcher(scene).begin(
                scene.shop.settings, Begin(task="begin", shop=scene.shop.id, part=left)
            )
        ).after:
            pass


def play_day(scene: Scene) -> Planned:
    planned = plan_day(scene)
    search_parts(scene, planned)
    searcher(scene).done(Done(task="done", shop=scene.shop.id, searched=planned.searched))
    return planned


def searcher(scene: Scene) -> Searcher:
    return Searcher(scene.store, scene._start)
