"""PromQL over series of a test's own: as much of the language as the alerts use, and an error for everything else.

promql-parser reads the queries by Prometheus's own grammar; no library on PyPI evaluates them. Times are minutes.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import gt, lt
from typing import Any

import promql_parser as ast

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
# By the values of the labels, the minutes at which an alert fires.
Firing = dict[str, list[float]]

EVALUATED_EVERY, STALE_AFTER = 5, 5
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {">": gt, "<": lt}
AGGREGATIONS: Mapping[str, Callable[[Iterable[float]], float]] = {"sum": sum, "max": max}


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A series of the metric `name`: by how much a counter grew, or what a gauge showed, at each minute given."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    points: Sequence[tuple[float, float]] = ()

    def within(self, after: float, until: float) -> Sequence[float]:
        """Return the values after one minute and until another."""
        times = [time for time, _ in self.points]
        return [value for _, value in self.points[bisect_right(times, after) : bisect_right(times, until)]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """All series, as they are at one minute; `stretch` is how far increase() extrapolates past what was counted."""

    series: Sequence[Series]
    minute: float
    stretch: float = 1.0


def evaluate(expression: Any, data: Data) -> Vector:
    """Return the value of a query, as text or parsed; raise NotImplementedError for what no alert uses."""
    match expression:
        case str():
            return evaluate(ast.parse(expression), data)
        case ast.ParenExpr():
            return evaluate(expression.expr, data)
        case ast.Call():
            return _called(expression, data)
        case ast.AggregateExpr():
            return _aggregated(expression, data)
        case ast.BinaryExpr():
            return _combined(expression, data)
        case ast.VectorSelector():
            found = {
                _labels(each): each.within(data.minute - STALE_AFTER, data.minute) for each in _of(expression, data)
            }
            return {labels: values[-1] for labels, values in found.items() if values}
    raise NotImplementedError(type(expression).__name__)


def firing(query: str, series: Sequence[Series], *, duration: float, until: float, stretch: float = 1.0) -> Firing:
    """Return when an alert fires until a minute: at each evaluation that ends `duration` minutes of its condition."""
    parsed, since, fired = ast.parse(query), dict[Labels, float](), defaultdict[Labels, list[float]](list)
    for minute in range(0, int(until) + 1, EVALUATED_EVERY):
        found = evaluate(parsed, Data(series=series, minute=minute, stretch=stretch))
        since = {labels: since.get(labels, minute) for labels in found}
        for labels, began in since.items():
            if minute - began >= duration:
                fired[labels].append(minute)
    return {", ".join(value for _, value in sorted(labels)): minutes for labels, minutes in fired.items()}


def _called(call: ast.Call, data: Data) -> Vector:
    match call.func.name, call.args:
        case "vector", [ast.NumberLiteral(val=value)]:
            return {frozenset(): value}
        case "label_replace", [inner, *texts] if [text.val for text in texts][2:] == ["", ""]:
            name, value = (text.val for text in texts[:2])
            return {labels | {(name, value)}: number for labels, number in evaluate(inner, data).items()}
        case "increase", [ast.MatrixSelector() as matrix]:
            begin = data.minute - matrix.range.total_seconds() / 60
            found = {_labels(each): each.within(begin, data.minute) for each in _of(matrix.vector_selector, data)}
            return {labels: sum(values) * data.stretch for labels, values in found.items() if values}
    raise NotImplementedError(str(call))


def _aggregated(expression: ast.AggregateExpr, data: Data) -> Vector:
    kept = expression.modifier.labels if expression.modifier else []
    groups = defaultdict[Labels, list[float]](list)
    for labels, value in evaluate(expression.expr, data).items():
        groups[frozenset(label for label in labels if label[0] in kept)].append(value)
    return {labels: AGGREGATIONS[str(expression.op)](values) for labels, values in groups.items()}


def _combined(expression: ast.BinaryExpr, data: Data) -> Vector:
    left, operator, right = evaluate(expression.lhs, data), str(expression.op), expression.rhs
    match operator, right:
        case ((">" | "<"), ast.NumberLiteral(val=bound)):
            return {labels: value for labels, value in left.items() if COMPARISONS[operator](value, bound)}
        case (("or" | "unless"), _):
            on = _matched_on(expression.modifier)
            others, present = evaluate(right, data), {_key(labels, on) for labels in left}
            if operator == "or":
                return left | {labels: value for labels, value in others.items() if _key(labels, on) not in present}
            absent = {_key(labels, on) for labels in others}
            return {labels: value for labels, value in left.items() if _key(labels, on) not in absent}
    raise NotImplementedError(operator)


def _matched_on(modifier: ast.BinModifier | None) -> Sequence[str] | None:
    return modifier.matching.labels if modifier and modifier.matching else None


def _key(labels: Labels, on: Sequence[str] | None) -> Labels:
    return labels if on is None else frozenset(label for label in labels if label[0] in on)


def _labels(series: Series) -> Labels:
    return frozenset(series.labels.items())


def _of(selector: ast.VectorSelector, data: Data) -> Iterator[Series]:
    tests = [(each.name, str(each.op).rpartition(".")[2], each.value) for each in selector.matchers.matchers]
    for series in data.series:
        if series.name == selector.name and all(_fits(series.labels.get(name, ""), *test) for name, *test in tests):
            yield series


def _fits(value: str, operator: str, wanted: str) -> bool:
    is_match = re.fullmatch(wanted, value) is not None if operator in {"Re", "NotRe"} else value == wanted
    return is_match != operator.startswith("Not")
