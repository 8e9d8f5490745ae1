"""What is special in statemachines/jobs/daily_occasions.asl.yaml, without running it. test_jobs.py
has the tests for both jobs."""

from support.jobs import DAILY


def test_how_far_is_noted_only_after_every_list() -> None:
    assert DAILY.states["Go through each list"]["Next"] == "Note how far"
    assert [
        name for name, state in DAILY.states.items() if state.get("Next") == "Note how far"
    ] == ["Go through each list"]


def test_shops_are_started_one_after_another() -> None:
    assert DAILY.states["Start each shop"]["MaxConcurrency"] == 1
    assert DAILY.states["Let it get ahead"]["Type"] == "Wait"
