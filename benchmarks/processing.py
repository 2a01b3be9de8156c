"""Rows per second from the bytes of a page to the MERGE, without the API: pages are prepared in memory."""

import cProfile
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from benchmarks import small_merges
from benchmarks.figures import Figure
from benchmarks.profiles import print_profile
from benchmarks.small_merges import batch
from sendtrail.activecampaign.v1.envelope import NoRows, page_rows
from sendtrail.activecampaign.v1.rows import Origin, activities, open_activity
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import ActivityRow

ROWS, PAGE, BATCH = 200_000, 20, 5_000
START = datetime(2025, 6, 1, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")


def measure() -> list[Figure]:
    """Return the rows per second of one core and the cost of a small merge; print where the time goes."""
    pages = list(_pages())
    with tempfile.TemporaryDirectory() as folder, DuckDbWarehouse(Path(folder) / "bench.duckdb") as warehouse:
        started = time.process_time()
        _process(pages, warehouse)
        seconds = time.process_time() - started
    _profile(pages)
    rate = Figure(
        scenario="processing", name="rows/s of one core", value=ROWS / seconds, target=50_000, bound="at least"
    )
    return [rate, *small_merges.measure()]


def _profile(pages: list[bytes]) -> None:
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder, DuckDbWarehouse(Path(folder) / "bench.duckdb") as warehouse:
        profile.runcall(_process, pages, warehouse)
    print_profile(profile, rows=ROWS)


def _process(pages: list[bytes], warehouse: DuckDbWarehouse) -> None:
    pending: list[ActivityRow] = []
    for number, page in enumerate(pages):
        pending += _rows(page)
        if len(pending) >= BATCH or number == len(pages) - 1:
            warehouse.merge(batch(pending))
            pending = []


def _rows(page: bytes) -> list[ActivityRow]:
    origin = Origin(campaign_id=1, message_id="", zone=ZONE)
    rows = page_rows(orjson.loads(page))
    read, _ = activities([] if isinstance(rows, NoRows) else rows, lambda row: open_activity(row, origin))
    return [
        activity_row(activity, organization_id="bench", campaign_name="Bench", run_id="run", now=START)
        for activity in read
    ]


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
