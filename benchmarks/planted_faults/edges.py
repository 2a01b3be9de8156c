"""Faults at the edges: the account's answers, the rate budget, messages, stored documents, the log."""

from benchmarks.planted_faults.fault import fault
from benchmarks.planted_faults.planning import NOTHING_IS_SHORT

ENDS_ARE_BELIEVED = fault(
    "the end of a report is believed against its counters",
    "activecampaign.v1.report_end",
    "    return seen < promised_rows(query)\n",
    "    return seen < 0\n",
    beside=NOTHING_IS_SHORT,
)

EDGES = (
    fault(
        "slots of the budget lie on one another",
        "rate_limit.gcra",
        "end = first + count * interval",
        "end = first + count * interval / 2",
    ),
    fault(
        "everybody has a budget of their own",
        "rate_limit.gcra",
        "before = state or LimitState(next_free=now)",
        "before = LimitState(next_free=now)",
    ),
    fault(
        "the rate budget goes by the machine's clock",
        "rate_limit.budget",
        "self._store_clock.observe(now, ",
        "self._store_clock.observe(self._clock.now(), ",
    ),
    fault(
        "the rate budget has no headroom",
        "domain.request_rate",
        "timedelta(seconds=(1 + HEADROOM) /",
        "timedelta(seconds=1 /",
    ),
    fault(
        "any answer without rows is the end of a report",
        "activecampaign.v1.report_end",
        "        if self._is_known(found) or _is_agreed(found, get, query) or self._learns(found, query):\n"
        "            return None\n",
        "        return None\n",
        beside=ENDS_ARE_BELIEVED,
    ),
    fault(
        "trouble of one account stops the others",
        "entrypoints.dispatch_accounts",
        "        attempts = [pool.submit(_attempt, request, instance, services) for request in requests]\n"
        "        return [attempt.result() for attempt in attempts]\n",
        "        return [_dispatch(request, instance, services) for request in requests]\n",
    ),
    fault(
        "the checkpoints of all accounts are in one place",
        "state.documents",
        'return f"{campaigns_path(organization_id)}/{campaign_id}"',
        "return f\"{campaigns_path('all')}/{campaign_id}\"",
    ),
    fault(
        "the key is logged",
        "state.connections",
        "        stored = _validated(path, document)\n",
        "        stored = _validated(path, document)\n"
        '        logger.info("key: %s", self._key(path, stored).get_secret_value())\n',
    ),
    fault(
        "messages of a later version are refused",
        "domain.messages",
        'TOLERANT = ConfigDict(extra="ignore", strict=True)',
        'TOLERANT = ConfigDict(extra="forbid", strict=True)',
    ),
    fault(
        "times without an offset are taken as UTC",
        "activecampaign.timestamps",
        "            moment = moment.replace(tzinfo=zone)\n",
        "            moment = moment.replace(tzinfo=UTC)\n",
    ),
    NOTHING_IS_SHORT,
    ENDS_ARE_BELIEVED,
    fault(
        "a key that is refused is a failure of each campaign",
        "entrypoints.account_failures",
        "    return is_failure_published(transaction, failed.organization_id, run_id=failed.run_id)\n",
        "    return False\n",
    ),
)
