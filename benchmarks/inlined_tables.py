"""How many tables a view refers to with every view and subquery in place of its name, as BigQuery reads it.

BigQuery computes a subquery again wherever it is named, and refuses queries that are too complex. No time is measured.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import sqlglot
from sqlglot import expressions as exp

from benchmarks.figures import Figure
from benchmarks.stored_views import STORED
from sendtrail.warehouse.views import names, view_sql

DATASET = "marketing_ai"
TARGETS: Mapping[str, float] = {"attribution": 270}
SHOWN = ("machine_activity", "touches", "attribution", "monthly_funnel", "engagement_by_period")


def measure() -> list[Figure]:
    """Return how many tables some views refer to, and the one that refers to the most; then where views are stored."""
    found = inlined_tables(names(), _sql)
    beside = inlined_tables((view for view in names() if view not in STORED), _sql)
    return [
        *(_figure(view, found[view], target=TARGETS.get(view)) for view in SHOWN),
        _figure("any view", max(found.values())),
        *(_figure(f"{view}, views stored", beside[view]) for view in SHOWN if view in beside),
    ]


def inlined_tables(views: Iterable[str], sql_of: Callable[[str], str]) -> Mapping[str, int]:
    """Return how many tables each view refers to, where its query names views and tables of one dataset."""
    references = {view: _references(sqlglot.parse_one(sql_of(view), read="bigquery"), {}) for view in views}

    @cache
    def total(name: str) -> int:
        if name not in references:
            return 1
        return sum(times * total(each) for each, times in references[name].items())

    return {view: total(view) for view in references}


def _sql(view: str) -> str:
    return view_sql(view, dataset=DATASET)


def _figure(name: str, value: int, *, target: float | None = None) -> Figure:
    return Figure(scenario="tables, all inlined", name=name, value=value, target=target)


def _references(query: exp.Expr, known: Mapping[str, Counter[str]]) -> Counter[str]:
    """Return how often a query names what is in a dataset, where each of its `known` subqueries is put in its place."""
    clause = query.args.get("with_")
    inlined = dict(known)
    for subquery in clause.expressions if clause else ():
        inlined[subquery.alias] = _references(subquery.this, inlined)
    found: Counter[str] = Counter()
    _count(query, inlined, found)
    return found


def _count(node: exp.Expr, inlined: Mapping[str, Counter[str]], found: Counter[str]) -> None:
    for child in node.iter_expressions():
        if isinstance(child, exp.With):
            continue
        if child.args.get("with_"):
            found.update(_references(child, inlined))
            continue
        if isinstance(child, exp.Table):
            found.update({child.name: 1} if child.db else inlined.get(child.name, {}))
        _count(child, inlined, found)
