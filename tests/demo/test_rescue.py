"""The demo's week of every channel, played once on the whole local stack."""

from collections.abc import Iterator

import pytest

from wracaj_cli.demo.rescue.play import Week
from wracaj_cli.demo.rescue.review import VisitorLine, WeekReview, review_week
from wracaj_cli.demo.rescue.story import STEPS
from wracaj_cli.demo.stage import open_stage

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Week, WeekReview]]:
    with open_stage(lambda _: None, tmp_path_factory.mktemp("demo"), port=0) as stage:
        week = Week(stage)
        week.play(lambda: None)
        yield week, review_week(week)


@pytest.fixture
def lines(played: tuple[Week, WeekReview]) -> dict[str, VisitorLine]:
    return {line.visitor.name: line for line in played[1].lines}


def test_the_week_keeps_every_promise(played: tuple[Week, WeekReview]) -> None:
    week, review = played
    assert review.broken == []
    assert week.stage.scene.ledger.problems == []
    assert week.stage.server.refused == []


def test_the_providers_understood_all_that_they_were_told(played: tuple[Week, WeekReview]) -> None:
    providers = played[0].stage.providers
    assert providers.meta.refused == []
    assert providers.push.problems == []


def test_every_channel_is_used_passed_over_and_stopped_by_an_order(
    lines: dict[str, VisitorLine],
) -> None:
    used = {step for line in lines.values() for step in STEPS if line.came(step)}
    passed_over = {step for line in lines.values() for step in STEPS if line.why_not(step)}
    assert used == passed_over == set(STEPS)
    assert lines["Bartek Żuraw"].why_not("sms") == "ordered"


def test_nobody_is_left_in_the_audience(played: tuple[Week, WeekReview]) -> None:
    meta = played[0].stage.providers.meta
    assert set(map(frozenset, meta.audiences.values())) == {frozenset()}
    assert len({member for _, method, member in meta.history if method == "POST"}) == 4
