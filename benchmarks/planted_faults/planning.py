"""Faults of what is read when: what is due, overlaps, wants, counters, runs."""

from benchmarks.planted_faults.fault import fault

NOTHING_IS_SHORT = fault(
    "reports that fall short of their counters are taken to be whole",
    "sync.progress.completed_sync",
    "short=progress.missing.get(report, 0),",
    "short=0,",
)
NO_LAST_LOOK = fault(
    "nothing is read again a week after it has changed",
    "sync.due",
    "        and is_last_look(synced.to_settle, now=now, settle=policy.settle)\n",
    "        and not synced.synced_at\n",
)

PLANNING = (
    fault(
        "a unit that was begun is taken for done",
        "sync.progress.campaign_progress",
        "return replace(position, page=max(first_page, position.page - 1), earliest=None)",
        "return replace(position, page=position.page + 1, earliest=None)",
    ),
    fault(
        "the watermark is the end of the read",
        "sync.campaign_plan",
        "started_at=now,\n        since=since,",
        "started_at=now.replace(year=now.year + 1),\n        since=since,",
    ),
    fault(
        "counters are never compared",
        "sync.due",
        "if counter_delta(now=campaign.counters, before=synced.counters):",
        "if campaign.campaign_id < 0:",
    ),
    fault(
        "unfinished campaigns are not due",
        "sync.due",
        "if synced is None or checkpoint.status is not Status.DONE:",
        "if checkpoint.status is Status.FAILED:",
    ),
    fault(
        "new campaigns are not due",
        "sync.due",
        "    if checkpoint is None:\n        return Reason.NEW\n",
        "    if checkpoint is None:\n        return None\n",
    ),
    fault(
        "wants are not stored before the account is asked",
        "sync.runs.stored_run",
        "    return add_wants(transaction, request.organization_id, request.ask)\n",
        "    return add_wants(transaction, request.organization_id, None)\n",
    ),
    fault(
        "wants of more history are ignored",
        "sync.due",
        "if want is not None and want.reaches_beyond(synced.since):",
        "if want is not None and not want:",
    ),
    fault(
        "any sync is what was wanted of older history",
        "sync.sync_record",
        "return not want.reaches_beyond(self.since) and not want.is_forced_after(self.forced_at)",
        "return not want.is_forced_after(self.forced_at)",
    ),
    fault(
        "a run that failed halfway is closed",
        "sync.runs.stored_run",
        "    if organization_id in run.summaries:\n",
        "    if organization_id in run.leases:\n        return Summary(run_id=request.run_id,"
        " organization_id=organization_id, campaigns=0, due=0, published=0)\n"
        "    if organization_id in run.summaries:\n",
    ),
    fault(
        "an error of one report ends the sync of its campaign as done",
        "sync.campaign",
        "            except Rejected as error:  # costs this report, not the others\n"
        "                found = with_failure(found, at.units[at.index].report, str(error))\n",
        "            except Rejected:\n                pass\n",
    ),
    fault(
        "the overlap is dropped",
        "sync.overlap_settings",
        "Overlap(whole=self.overlap_hours * ONE_HOUR, recent=self.recent_overlap_hours * ONE_HOUR)",
        "Overlap(whole=timedelta(0), recent=timedelta(0))",
        beside=NOTHING_IS_SHORT,  # what falls short is read in whole by the next run
    ),
    fault(
        "a sequence is off by one",
        "sync.due",
        "return checkpoint.sequence if checkpoint.status is Status.RUNNING else checkpoint.sequence + 1",
        "return checkpoint.sequence",
    ),
    fault(
        "wants that are done stay",
        "sync.dispatch",
        "        **fulfilled_wants(request.wants, checkpoints.readable, kept_since=policy.floor),\n",
        "",
    ),
    fault(
        "what was read again is not recorded as that",
        "sync.progress.completed_sync",
        "return progress.wanted_at if is_everything and progress.wanted_at is not None else before",
        "return before",
    ),
    fault(
        "the list of campaigns is not merged",
        "sync.dispatch",
        "    if rows:\n        services.warehouse.merge(batch)",
        "    if len(rows) > 100:\n        services.warehouse.merge(batch)",
    ),
    fault(
        "no report is looked at again after it has changed, or falls short of its counters",
        "sync.due",
        "if report in (*settling, *uncounted, *looks, *doubted",
        "if report in (*uncounted, *doubted",
        beside=NO_LAST_LOOK,
    ),
    fault(
        "a split campaign is read as one message",
        "sync.due",
        "        split=campaign.split,\n",
        "        split=False,\n",
    ),
    fault(
        "every run reads what has not changed",
        "sync.due",
        "    if counter_delta(now=campaign.counters, before=synced.counters):\n        return Reason.CHANGED\n",
        "    if campaign.counters:\n        return Reason.CHANGED\n",
    ),
    fault(
        "rows that were stored before are counted as merged",
        "sync.pairing.row_ledger",
        "rows = before.rows + max(0, changed - old)",
        "rows = before.rows + len(batch.rows)",
    ),
)
