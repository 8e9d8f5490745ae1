"""Fixtures for all tests."""

from hypothesis import HealthCheck, settings

from clock import clock  # noqa: F401
from local_stack import emulator, stack  # noqa: F401

# A busy machine is slow to begin and slow to make examples; nothing here measures time.
settings.register_profile("wracaj", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wracaj")
