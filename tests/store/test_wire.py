"""Our wire form is that of boto3's own serializers."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from wracaj.store.wire import from_wire, to_wire

NUMBERS = st.integers(-(10**38) + 1, 10**38 - 1) | st.decimals(
    min_value=Decimal("-1e20"), max_value=Decimal("1e20"), places=6
)
ONE = st.none() | st.booleans() | st.text() | NUMBERS | st.binary()
SETS = st.frozensets(st.text()) | st.frozensets(st.integers(-(10**30), 10**30))
VALUES = st.recursive(
    ONE | SETS, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner)
)


def sorted_sets(wire: Any) -> Any:
    """A set has no order."""
    if isinstance(wire, dict):
        return {
            name: sorted(value) if name in {"SS", "NS"} else sorted_sets(value)
            for name, value in wire.items()
        }
    return [sorted_sets(one) for one in wire] if isinstance(wire, list) else wire


def plain(value: Any) -> Any:
    """boto3 wraps bytes."""
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@given(VALUES)
def test_values_are_written_and_read_as_boto3_does_it(value: Any) -> None:
    theirs = TypeSerializer().serialize(value)
    ours = to_wire({"value": value} if value is not None else {"value": [None]})["value"]
    ours = ours if value is not None else ours["L"][0]
    assert sorted_sets(ours) == sorted_sets(theirs)
    assert from_wire({"value": ours})["value"] == plain(TypeDeserializer().deserialize(theirs))


@pytest.mark.parametrize(
    "value", [1.5, Decimal("Infinity"), Decimal("NaN"), 10**38 + 1, {1.5}, {"a", 1}, object()]
)
def test_what_boto3_refuses_is_refused(value: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017 - theirs are of several kinds
        TypeSerializer().serialize(value)
    with pytest.raises((TypeError, ArithmeticError)):
        to_wire({"value": value})
