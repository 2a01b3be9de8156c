"""A reader like that of most scripts: it gets a page, parses it, inserts its rows, sleeps, and gets the next one.

It inserts into a SQLite file, which costs next to nothing: with a warehouse instead it is slower still.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import requests

from benchmarks.account import KEY

TIMEOUT_S = 30


def read(url: str, database: Path, *, rate: float, until: Callable[[], bool]) -> None:
    """Read the opens of every campaign until all are read or it is time to end."""
    session = requests.Session()
    session.headers["Api-Token"] = KEY
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE opens (campaign_id, contact_id, email, last_open, times)")
        for campaign_id in _campaign_ids(session, url):
            for rows in _pages(session, url, campaign_id):
                connection.executemany("INSERT INTO opens VALUES (?, ?, ?, ?, ?)", rows)
                connection.commit()
                if until():
                    return
                time.sleep(1 / rate)


def _campaign_ids(session: requests.Session, url: str) -> list[str]:
    content = session.get(f"{url}/api/3/campaigns", params={"limit": 100}, timeout=TIMEOUT_S).json()
    return [campaign["id"] for campaign in content["campaigns"]]


def _pages(session: requests.Session, url: str, campaign_id: str) -> Iterator[list[list[Any]]]:
    parameters = {"api_action": "campaign_report_open_list", "api_output": "json", "campaignid": campaign_id}
    for page in count(1):
        content = session.get(
            f"{url}/admin/api.php", params={**parameters, "page": str(page)}, timeout=TIMEOUT_S
        ).json()
        if content["result_code"] != 1:
            return
        yield [_row(campaign_id, content[key]) for key in filter(str.isdecimal, content)]


def _row(campaign_id: str, row: dict[str, str]) -> list[Any]:
    return [campaign_id, row["subscriberid"], row["email"], row["tstamp_iso"], row["times"]]
