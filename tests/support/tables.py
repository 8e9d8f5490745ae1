"""Fixtures for tests on a real table: `store`, and `shop_id`, a new shop for each test."""

import itertools
import os

import pytest

from support.local_stack import Emulator
from wracaj.store import Store
from wracaj.store.table import Table

_numbers = itertools.count()


@pytest.fixture(scope="module")
def store(emulator: Emulator) -> Store:
    return Store(Table(emulator.table, emulator.client("dynamodb")))


@pytest.fixture
def shop_id() -> str:
    """Return a new shop id, because the tests of a module share one table."""
    return f"shop-{os.getpid()}-{next(_numbers)}"
