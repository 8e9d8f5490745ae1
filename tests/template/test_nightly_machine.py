"""What is special in statemachines/jobs/nightly_rfm.asl.yaml, without running it. test_jobs.py has
the tests for both jobs."""

import pytest

from support.jobs import NIGHTLY


@pytest.mark.parametrize("name", ["Count each stretch", "Score each stretch"])
def test_every_stretch_is_walked_as_it_was_shared_out(name: str) -> None:
    assert (NIGHTLY.states[name]["Items"], "ItemSelector" in NIGHTLY.states[name]) == (
        "{% $pages %}",
        False,
    )


def test_nothing_but_numbers_and_ids_is_kept_in_the_machine() -> None:
    """What a page finds is in the table: here it would meet the 256 KB that a state may hold."""
    kept = [
        text
        for state in NIGHTLY.states.values()
        for text in (state.get("Output"), *state.get("Assign", {}).values())
    ]
    read = {text for text in kept if isinstance(text, str) and text.startswith("{%")}
    whole, night = "{% $states.result.Payload %}", "{% $states.result.Payload.night %}"
    assert read == {
        whole,
        night,
        "{% $states.result.Payload.shops %}",
        "{% [$states.result.Payload.pages] %}",
    }
