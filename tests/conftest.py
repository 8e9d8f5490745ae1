"""Fixtures for all tests."""

import pytest
from hypothesis import HealthCheck, settings

from clock import clock  # noqa: F401
from local_stack import emulator, stack  # noqa: F401
from wracaj.marks import keyed_by

keyed_by(lambda: b"the key of all names")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Whatever deployment the test before spoke to, with a key of its own."""
    keyed_by(lambda: b"the key of all names")


# A busy machine is slow to begin and slow to make examples; nothing here measures time.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples each time: what fails fails for whoever changed something. New ones: pytest --hypothesis-profile=explore
settings.register_profile("wracaj", PATIENT, derandomize=True, database=None)
settings.register_profile("explore", PATIENT, max_examples=1000)
settings.load_profile("wracaj")
