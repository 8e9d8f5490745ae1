"""Fixtures for all tests."""

from hypothesis import settings

from clock import clock  # noqa: F401
from local_stack import emulator, stack  # noqa: F401

settings.register_profile("wracaj", deadline=None)  # a busy machine is slow to begin; nothing here measures time
settings.load_profile("wracaj")
