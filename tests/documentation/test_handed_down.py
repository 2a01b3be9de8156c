"""A message, and what is made of it, is handed down: on its way to the MERGE, hardly anything calls back up."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cloudevents.http import CloudEvent

from sendtrail.delivery.handler import Delivery
from sendtrail.delivery.lease import LeaseHolder, TaskContext
from sendtrail.domain.campaign_report import ReportQuery
from sendtrail.domain.messages import SyncCampaign, encode
from sendtrail.domain.work_item import WorkItem
from sendtrail.sync.campaign import CampaignTask
from sendtrail.sync.progress.campaign_progress import CampaignProgress, ReportRead
from sendtrail.warehouse.rows import Batch
from tests.documentation.pages import REPOSITORY
from tests.functions.conftest import Connect
from tests.functions.instance import Instance
from tests.functions.test_worker_functions import biggest

MADE_OF_A_MESSAGE = (
    CloudEvent,
    SyncCampaign,
    Delivery,
    WorkItem,
    TaskContext,
    CampaignTask,
    CampaignProgress,
    ReportRead,
    ReportQuery,
    LeaseHolder,
    Batch,
)
# What stands in for the world outside.
FAKES = ("sendtrail/simulator/", "sendtrail/simulation/")


@dataclass
class Way:
    """The files in the order in which they are reached; `climbs` are the steps back into another folder's file.

    A method of a value in `sendtrail/domain` is no climb: values call nobody.
    """

    files: list[str] = field(default_factory=list)
    climbs: set[tuple[str, str]] = field(default_factory=set)

    def enter(self, frame: FrameType) -> None:
        """Record a call of a function that is handed the message, or what is made of it."""
        file, caller = _file(frame), _calling_file(frame)
        if file is None or not _is_handed_it(frame):
            return
        is_back = file in self.files and caller in self.files[self.files.index(file) + 1 :]
        is_elsewhere = caller is not None and Path(caller).parent != Path(file).parent
        if is_back and is_elsewhere and caller is not None and not file.startswith("sendtrail/domain/"):
            self.climbs.add((caller, file))
        if file not in self.files:
            self.files.append(file)


@contextmanager
def traced() -> Iterator[Way]:
    """Record the way of the message that is handled in this block, in every thread."""
    way = Way()

    def observe(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            way.enter(frame)

    threading.setprofile(observe)
    sys.setprofile(observe)
    try:
        yield way
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _is_handed_it(frame: FrameType) -> bool:
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return any(isinstance(frame.f_locals.get(name), MADE_OF_A_MESSAGE) for name in names)


def _calling_file(frame: FrameType) -> str | None:
    caller = frame.f_back
    while caller is not None and _file(caller) is None:
        caller = caller.f_back
    return None if caller is None else _file(caller)


def _file(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(REPOSITORY):
        return None
    file = path.relative_to(REPOSITORY).as_posix()
    is_passed = file.startswith(("campaign_worker/", "sendtrail/")) and not file.startswith(FAKES)
    return file if is_passed else None


def test_a_message_is_handed_down(instance: Instance, connect: Connect) -> None:
    """Only the task is called back, for its steps."""
    data = encode(biggest(connect("acme")))

    with traced() as way:
        instance.push("campaign_worker", data)

    assert "sendtrail/delivery/batch_writer.py" in way.files
    assert way.climbs == {("sendtrail/delivery/deliver.py", "sendtrail/sync/campaign.py")}
