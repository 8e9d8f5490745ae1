import itertools
import os

import pytest

from emulated.halls import open_hall  # noqa: F401
from local_stack import Emulator
from wracaj.store import Store
from wracaj.store.table import Table

_numbers = itertools.count()


@pytest.fixture(scope="session")
def store(emulator: Emulator) -> Store:
    return Store(Table(emulator.table, emulator.client("dynamodb")))


@pytest.fixture
def shop_id() -> str:
    """A shop of its own for each test, so that tests share one table."""
    return f"shop-{os.getpid()}-{next(_numbers)}"
