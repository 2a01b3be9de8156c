"""Requests on their way through the simulated network."""

from datetime import timedelta
from random import Random

import requests

from sendtrail.simulation.cloud.process import START, Process
from sendtrail.simulation.cloud.transport import SimulatedTransport
from sendtrail.simulation.engine.faults import Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.trace import Trace
from sendtrail.simulation.watching.rate_watch import RateWatch
from sendtrail.simulator import Account, Network, Plan

URL = "http://127.0.0.1:9"


class Arrivals(RateWatch):
    """Remembers when requests arrive."""

    def __init__(self) -> None:
        super().__init__(most=5)
        self.times: list[float] = []

    def arrived(self, at: float) -> None:
        """Remember a request."""
        self.times.append(at)


def test_a_request_that_was_sent_arrives_in_time_though_its_process_freezes() -> None:
    """Its answer waits until the process goes on."""
    scheduler, faults, arrivals, answered = Scheduler(Random(1)), Faults(1, only=()), Arrivals(), []
    process = Process(name="worker", scheduler=scheduler, faults=faults, trace=Trace())
    account = Account(now=START, plan=Plan(campaigns=1), network=Network(rate=0))
    transport = SimulatedTransport(account, url=URL, scheduler=scheduler, faults=faults, watch=arrivals)

    def ask() -> None:
        transport.send(requests.Request("GET", f"{URL}/api/3/", headers={"Api-Token": account.api_key}).prepare())
        answered.append(scheduler.now)

    scheduler.spawn(ask, name="worker", owner=process)
    scheduler.run(until=0.01)
    process.frozen_until = timedelta(minutes=25).total_seconds()
    scheduler.run(until=2_000)
    scheduler.close()

    assert [at < 1 for at in arrivals.times] == [True]
    assert [at > process.frozen_until for at in answered] == [True]
