"""The turns of the statements that change a table of a simulated warehouse."""

from sendtrail.simulation.bigquery.table_queue import TableQueue, Turn


def test_two_statements_run_at_once_and_the_next_ones_wait_for_them() -> None:
    """In the order in which they came."""
    queue = TableQueue(waiting_at_most=2)

    turns = [queue.take_turn(10.0, lasts_s=4.0) for _ in range(4)]

    assert turns == [Turn(10.0, 14.0), Turn(10.0, 14.0), Turn(14.0, 18.0), Turn(14.0, 18.0)]


def test_a_statement_is_refused_while_too_many_wait() -> None:
    """It is accepted once one of them has begun."""
    queue = TableQueue(waiting_at_most=1)
    for _ in range(3):
        queue.take_turn(0.0, lasts_s=4.0)

    turns = [queue.take_turn(at, lasts_s=4.0) for at in (3.9, 4.0)]

    assert turns == [None, Turn(4.0, 8.0)]


def test_statements_of_others_take_all_turns_for_a_while() -> None:
    """After that the table is free."""
    queue = TableQueue(waiting_at_most=1)
    queue.fill(until=100.0)

    turns = [queue.take_turn(at, lasts_s=1.0) for at in (99.0, 100.0)]

    assert turns == [None, Turn(100.0, 101.0)]
