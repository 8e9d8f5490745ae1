"""Fixtures for the tests of long waits."""

from support.long_waits import clock, own_course  # noqa: F401
