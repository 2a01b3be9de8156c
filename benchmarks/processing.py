"""Rows per second from the bytes of a page to the MERGE, with the API taken out: pages are prepared in memory."""

import cProfile
import pstats
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson

from benchmarks.figures import Figure
from sendtrail.activecampaign.activities import Origin, activities, open_activity
from sendtrail.activecampaign.envelopes import page_rows
from sendtrail.local.warehouse import DuckDbWarehouse
from sendtrail.rows import ActivityRow, Batch, Table, activity_row

ROWS, PAGE, BATCH = 200_000, 20, 5_000
START = datetime(2025, 6, 1, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")


def measure() -> list[Figure]:
    """Return the rows per second of one core, and print where the time goes."""
    pages = list(_pages())
    with tempfile.TemporaryDirectory() as folder, DuckDbWarehouse(Path(folder) / "bench.duckdb") as warehouse:
        profile = cProfile.Profile()
        started = time.process_time()
        _process(pages, warehouse)
        seconds = time.process_time() - started
        profile.runcall(_process, pages[: len(pages) // 10], warehouse)
    _print(profile)
    return [
        Figure(scenario="processing", name="rows/s of one core", value=ROWS / seconds, target=50_000, bound="at least")
    ]


def _process(pages: list[bytes], warehouse: DuckDbWarehouse) -> None:
    pending: list[ActivityRow] = []
    for number, page in enumerate(pages):
        pending += _rows(page)
        if len(pending) >= BATCH or number == len(pages) - 1:
            warehouse.merge(_batch(pending))
            pending = []


def _rows(page: bytes) -> list[ActivityRow]:
    origin = Origin(campaign_id=1, message_id="", zone=ZONE)
    content = orjson.loads(page)
    read = activities(
        page_rows(content, subject="bench") or [], lambda row: open_activity(row, origin), subject="bench"
    )
    return [
        activity_row(activity, organization_id="bench", campaign_name="Bench", run_id="run", now=START)
        for activity in read
    ]


def _batch(rows: list[ActivityRow]) -> Batch:
    return Batch(
        table=Table.EMAIL_ACTIVITIES,
        organization_id="bench",
        run_id="run",
        subject="1",
        sequence=1,
        number=0,
        rows=rows,
        delivery=uuid4().hex,
    )


def _pages() -> Iterator[bytes]:
    envelope = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
    for first in range(0, ROWS, PAGE):
        yield orjson.dumps({**{str(n): _row(first + n) for n in range(PAGE)}, **envelope})


def _row(number: int) -> dict[str, str]:
    moment = (START - timedelta(seconds=number)).astimezone(ZONE)
    return {
        "subscriberid": str(number),
        "email": f"contact{number}@example.com",
        "tstamp": f"{moment:%Y-%m-%d %H:%M:%S}",
        "tstamp_iso": moment.isoformat(),
        "times": "2",
    }


def _print(profile: cProfile.Profile) -> None:
    text = StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(12)
    print(text.getvalue())
