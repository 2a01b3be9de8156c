"""BigQuery's NUMERIC in DuckDB: exact, with its 38 digits, 9 of them after the point."""

from sqlglot import expressions

PRECISION, SCALE = 38, 9


def keep_decimals(tree: expressions.Expr) -> None:
    """Give every NUMERIC of a statement its digits: DuckDB's own DECIMAL has 3 decimals and would round the rest away.

    https://duckdb.org/docs/stable/sql/data_types/numeric#fixed-point-decimals
    """
    for kind in tree.find_all(expressions.DataType):
        if kind.this is expressions.DataType.Type.DECIMAL and not kind.expressions:
            digits = (expressions.Literal.number(PRECISION), expressions.Literal.number(SCALE))
            kind.set("expressions", [expressions.DataTypeParam(this=number) for number in digits])
