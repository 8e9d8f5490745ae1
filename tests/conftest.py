"""Fixtures for all tests."""

from local_stack import emulator, stack  # noqa: F401
