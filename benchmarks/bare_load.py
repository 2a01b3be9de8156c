"""The simulator alone: how many pages of opens it serves per second, to show that no scenario measures it."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from benchmarks.account import KEY, simulated
from benchmarks.budget import RATE
from benchmarks.figures import Figure

REQUESTS, CLIENTS = 4_000, 4
PAGES, PAGE_SIZE = 40, 20
SIZES = {"campaigns": 1, "openers": PAGES * PAGE_SIZE, "kinds": "ordinary", "rate": 0}


def measure() -> list[Figure]:
    """Return how many requests per second the simulator serves, and how many times the scenarios' limit that is."""
    per_second = answers_per_second(REQUESTS)
    return [
        Figure(scenario="simulator", name="pages of opens per second, alone", value=per_second),
        Figure(
            scenario="simulator",
            name=f"times the {RATE} per second that the scenarios ask for",
            value=per_second / RATE,
            target=10,
            bound="at least",
        ),
    ]


def answers_per_second(requests: int) -> float:
    """Return how many requests per second are served to another process, which only sends requests."""
    with simulated(SIZES) as account:
        campaign_id = str(account.campaigns()[0].id)
        command = [sys.executable, "-m", "benchmarks.bare_load", account.url, campaign_id, str(requests)]
        seconds = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return account.stats().requests / float(seconds)


def _load(url: str, campaign_id: str, requests: int) -> float:
    """Send the requests from a few threads and return how many seconds they took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(_send, url, campaign_id, requests // CLIENTS) for _ in range(CLIENTS)]
    for client in running:
        client.result()
    return time.perf_counter() - began


def _send(url: str, campaign_id: str, requests: int) -> None:
    connection = HTTPConnection(urlsplit(url).netloc)
    for number in range(requests):
        connection.request("GET", _path(campaign_id, page=1 + number % PAGES), headers={"Api-Token": KEY})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != HTTPStatus.OK or b'"result_code":1' not in content:
            raise RuntimeError(f"the simulator answered {answer.status}: {content[:200]!r}")


def _path(campaign_id: str, *, page: int) -> str:
    parameters = {"api_action": "campaign_report_open_list", "api_output": "json", "campaignid": campaign_id}
    return f"/admin/api.php?{urlencode({**parameters, 'sort_direction': 'DESC', 'page': page})}"


if __name__ == "__main__":
    print(_load(sys.argv[1], sys.argv[2], int(sys.argv[3])))
