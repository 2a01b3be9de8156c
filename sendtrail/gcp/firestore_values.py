"""Documents as Firestore's API writes them: https://cloud.google.com/firestore/docs/reference/rest/v1/Value."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any

from google.cloud.firestore_v1.types import ArrayValue, MapValue, Value


def encoded(value: object) -> Value:
    """Return a value of a document; raise TypeError for one that no document of Sendtrail holds."""
    for kind, encoder in _ENCODERS:
        if isinstance(value, kind):
            return encoder(value)
    raise TypeError(f"a document of Sendtrail holds no {type(value).__name__}")


def decoded(value: Value) -> Any:
    """Return a value of a document as plain Python; datetimes are aware, in UTC."""
    kind = Value.pb(value).WhichOneof("value_type")
    if kind not in _DECODERS:
        raise TypeError(f"a document of Sendtrail holds no {kind}")
    return _DECODERS[kind](value)


def utc(value: datetime) -> datetime:
    """Return the client's DatetimeWithNanoseconds as a plain datetime."""
    plain = value.astimezone(UTC)
    return datetime.combine(plain.date(), plain.timetz())


def _timestamp(value: datetime) -> Value:
    if value.tzinfo is None:
        raise TypeError("a document holds aware datetimes only")
    return Value(timestamp_value=value)


def _array(values: Sequence[object]) -> Value:
    return Value(array_value=ArrayValue(values=[encoded(value) for value in values]))


def _map(values: Mapping[str, object]) -> Value:
    return Value(map_value=MapValue(fields={str(name): encoded(value) for name, value in values.items()}))


_Encoder = Callable[[Any], Value]
# The first that fits: a bool is an int too.
_ENCODERS: Sequence[tuple[type, _Encoder]] = (
    (NoneType, lambda _: Value(null_value=0)),
    (bool, lambda value: Value(boolean_value=value)),
    (int, lambda value: Value(integer_value=value)),
    (float, lambda value: Value(double_value=value)),
    (str, lambda value: Value(string_value=str(value))),
    (datetime, _timestamp),
    (list, _array),
    (tuple, _array),
    (Mapping, _map),
)
_DECODERS: Mapping[str, Callable[[Value], Any]] = {
    "null_value": lambda _: None,
    "boolean_value": lambda value: value.boolean_value,
    "integer_value": lambda value: value.integer_value,
    "double_value": lambda value: value.double_value,
    "string_value": lambda value: value.string_value,
    "timestamp_value": lambda value: utc(value.timestamp_value),
    "array_value": lambda value: [decoded(inner) for inner in value.array_value.values],
    "map_value": lambda value: {name: decoded(inner) for name, inner in value.map_value.fields.items()},
}
