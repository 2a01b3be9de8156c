"""docs/architecture.md lists the files between the push of a SyncCampaign message and its MERGE, and they are these."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from sendtrail.domain.messages import SyncCampaign, encode
from sendtrail.simulator import Account
from tests.documentation.pages import REPOSITORY, text
from tests.functions.conftest import Connect
from tests.functions.instance import Instance
from tests.functions.test_worker_functions import biggest

PAGE = text("docs/architecture.md")
_, WAY_SECTION, ASKED_SECTION, *_ = re.split(r"<!-- (?:the way|what is asked) (?:begins|ends) -->", PAGE)
WAY = re.findall(r"^\d+\. `([\w/.]+)`", WAY_SECTION, re.MULTILINE)
ASKED = re.findall(r"`([\w/.]+\.py)`", ASKED_SECTION)
# Fakes stand in for them here.
ADAPTERS = ("sendtrail/gcp/",)
MAX_FILES = 20
ON_IT = ("sendtrail/", "campaign_worker/")
NOT_ON_IT = ("sendtrail/simulator/", "sendtrail/simulation/", "sendtrail/local/", *ADAPTERS)


class Trace:
    """The project's files of which a function is called, up to the first call of `end`."""

    def __init__(self, end: CodeType) -> None:
        self.files: set[str] = set()
        self.is_over = False
        self._end = end

    def profile(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call, as Python's own profilers do."""
        self.is_over = self.is_over or frame.f_code is self._end
        file = frame.f_code.co_filename.removeprefix(f"{REPOSITORY}/")
        if event == "call" and not self.is_over and file.startswith(ON_IT) and not file.startswith(NOT_ON_IT):
            self.files.add(file)


@contextmanager
def traced(end: CodeType) -> Iterator[Trace]:
    """Trace this thread, and every thread that begins meanwhile."""
    trace = Trace(end)
    threading.setprofile(trace.profile)
    sys.setprofile(trace.profile)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def push(instance: Instance, account: Account) -> Trace:
    """Push the message of a campaign with every report to the worker."""
    message: SyncCampaign = biggest(account)
    data = encode(message)
    instance.push("campaign_worker", b"{}")  # imports what is imported once
    with traced(type(instance.warehouse).merge.__code__) as trace:
        answer = instance.push("campaign_worker", data)
    assert (answer.status_code, trace.is_over) == (200, True)
    return trace


def test_a_message_passes_the_files_that_the_page_lists(instance: Instance, connect: Connect) -> None:
    """No other file, and all of these."""
    listed = {file for file in (*WAY, *ASKED) if not file.startswith(ADAPTERS)}

    passed = push(instance, connect("acme")).files

    assert (passed - listed, listed - passed) == (set(), set())


def test_the_way_is_short() -> None:
    """A person can follow it in one sitting, and no file comes twice."""
    assert 0 < len(WAY) <= MAX_FILES
    assert len({*WAY, *ASKED}) == len(WAY) + len(ASKED)
