"""The timelines that call loyalty_check: each answer, each outcome, each failure, with the real
definitions."""

from collections.abc import Callable
from functools import cache

import pytest

from support.machine import Machine, Run, Script, numbers
from support.plans import ASKING, END, Asking
from wracaj.timelines.steps import StepRequest

FOR_GOOD, FOR_NOW = "RefusedError", "NotTakenError"
Played = Callable[[Asking], dict[str, Run]]

each_plan = pytest.mark.parametrize("plan", ASKING, ids=[plan.timeline for plan in ASKING])
each_answer = pytest.mark.parametrize(
    ("plan", "answer", "state", "step"),
    [(plan, *message) for plan in ASKING for message in plan.messages],
    ids=[f"{plan.timeline}-{message[0]}" for plan in ASKING for message in plan.messages],
)


def scripts_of(plan: Asking) -> dict[str, Script]:
    found: dict[str, Script] = {
        "nothing": {"question": ["nothing"]},
        "the question fails for good": {"question": [FOR_GOOD]},
        "the question fails for now": {"question": [FOR_NOW, FOR_NOW, "nothing"]},
        "an answer nobody knows": {"question": ["fireworks"]},
    }
    for answer, _, step in plan.messages:
        found[f"{answer}: sent"] = {"question": [answer]}
        found[f"{answer}: held"] = {"question": [answer], step: ["wait 7200", "sent"]}
        found[f"{answer}: stopped"] = {"question": [answer], step: ["stopped"]}
        found[f"{answer}: fails for good"] = {"question": [answer], step: [FOR_GOOD]}
        found[f"{answer}: fails for now"] = {"question": [answer], step: [FOR_NOW, "sent"]}
    return found


@pytest.fixture(scope="module")
def played(machines: dict[str, Machine]) -> Played:
    @cache
    def play(plan: Asking) -> dict[str, Run]:
        machine = machines[plan.timeline]
        executions = {name: machine.start(script) for name, script in scripts_of(plan).items()}
        return {name: machine.finish(execution) for name, execution in executions.items()}

    return play


@each_plan
@pytest.mark.parametrize("script", ["nothing", "an answer nobody knows"])
def test_where_there_is_nothing_to_tell_nothing_is_sent(
    played: Played, plan: Asking, script: str
) -> None:
    run = played(plan)[script]
    assert run.states == [*plan.asked, *END]
    assert set(run.asked) == {"question", "close"} and run.ended == "ExecutionSucceeded"


@each_plan
def test_a_question_that_fails_ends_in_peace_and_one_that_fails_for_now_is_asked_again(
    played: Played, plan: Asking
) -> None:
    failed, again = (
        played(plan)["the question fails for good"],
        played(plan)["the question fails for now"],
    )
    assert failed.states == [*plan.asked[:-1], *END]
    assert (len(failed.asked["question"]), len(again.asked["question"])) == (1, 3)
    assert {failed.ended, again.ended} == {"ExecutionSucceeded"}


@each_answer
def test_the_answer_names_the_one_message(
    played: Played, plan: Asking, answer: str, state: str, step: str
) -> None:
    run = played(plan)[f"{answer}: sent"]
    assert run.states[: len(plan.asked) + 1] == [*plan.asked, state]
    assert {name: len(asked) for name, asked in run.asked.items()} == {
        "question": 1,
        step: 1,
        "close": 1,
    }


@each_answer
def test_a_message_is_held_stopped_or_given_up_as_any_other(
    played: Played, plan: Asking, answer: str, state: str, step: str
) -> None:
    runs = played(plan)
    assert len(runs[f"{answer}: held"].asked[step]) == 2
    assert runs[f"{answer}: stopped"].states[-1] == "No longer wanted"
    assert runs[f"{answer}: fails for good"].states[-2:] == list(END)
    assert len(runs[f"{answer}: fails for now"].asked[step]) == 2


@each_plan
def test_every_payload_is_one_that_the_functions_take(played: Played, plan: Asking) -> None:
    for run in played(plan).values():
        for asked in run.asked.values():
            for payload in asked:
                request = StepRequest.model_validate(
                    {key: value for key, value in payload.items() if key != "at"}
                )
                assert request.timeline == plan.timeline


@each_plan
def test_the_question_comes_after_as_long_as_timings_say(played: Played, plan: Asking) -> None:
    seconds = (
        numbers(plan)[plan.after] * {"days": 86400, "hours": 3600}[plan.after.rpartition("_")[2]]
    )
    assert played(plan)["nothing"].seconds_in(plan.wait) == [round(seconds)]
