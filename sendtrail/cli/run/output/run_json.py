"""The result of a run as JSON, for programs that go on with it."""

from typing import Any

import orjson

from sendtrail.cli.run.output.failures import NEXT_STEPS
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate


def written(result: RunResult, stats: RunStats) -> str:
    """Return what a run did, and what is missing with its reason, as one JSON object."""
    return orjson.dumps(as_object(result, stats)).decode()


def as_object(result: RunResult, stats: RunStats) -> dict[str, Any]:
    """Return the object; its keys stay as they are in later versions."""
    return {
        "run_id": result.summary.run_id,
        "organization": result.summary.organization_id,
        "exit_code": result.exit_code,
        "interrupted": result.interrupted,
        "seconds": round(result.seconds, 3),
        "campaigns": {
            "listed": result.summary.campaigns,
            "due": result.summary.due,
            "done": result.campaigns[Fate.DONE],
        },
        "subject_lines": {
            "read": result.summary.subjects.read,
            "unknown": result.summary.subjects.unknown,
            "problem": result.summary.subjects.problem,
        },
        "activities": {
            "read": {str(kind): count for kind, count in stats.activities_read.items()},
            "new": stats.activities_new,
        },
        "unreadable_rows": stats.unreadable_rows,
        "contacts": {
            "pass": str(result.contacts) if result.contacts else None,
            "read": stats.contacts_read,
            "changed": stats.contacts_changed,
            "vanished": stats.contacts_vanished,
        },
        "requests": stats.requests,
        "refused": stats.refused,
        "failures": [
            {"subject": each.subject, "kind": each.kind, "reason": each.reason, "advice": NEXT_STEPS[each.kind]}
            for each in result.failures
        ],
    }
