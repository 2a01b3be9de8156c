"""Faults to plant in the code, one at a time: each is what a tired programmer may write, and breaks a promise.

A fault replaces a text that occurs once in a file; tests/simulation/test_planted_faults.py sees to that.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedFault:
    """What is broken, and how: in `module`, `before` becomes `after`."""

    name: str
    module: str
    before: str
    after: str


def _fault(name: str, module: str, before: str, after: str) -> PlantedFault:
    return PlantedFault(name=name, module=f"sendtrail.{module}", before=before, after=after)


PLANTED = (
    _fault(
        "the checkpoint advances before the merge",
        "delivery.batch_writer",
        "        new_rows = self._merge(rows)\n        if progress is not None:\n"
        "            self._holder.advance(progress, new_rows=new_rows)\n",
        "        if progress is not None:\n            self._holder.advance(progress, new_rows=0)\n"
        "        self._merge(rows)\n",
    ),
    _fault(
        "the last batch of a delivery is not merged",
        "delivery.deliver",
        "new_rows = self._writer.merge(self._pending)",
        "new_rows = 0",
    ),
    _fault(
        "anybody may write a checkpoint",
        "delivery.checkpoint",
        "if checkpoint is None or checkpoint.lease is None or checkpoint.lease.token != token:",
        "if checkpoint is None:",
    ),
    _fault(
        "a continuation that was perhaps not published is not published again",
        "delivery.checkpoint",
        "is_parent = checkpoint.continuation_pending and sequence == checkpoint.sequence - 1",
        "is_parent = False",
    ),
    _fault(
        "work that is done is done again by each duplicate",
        "delivery.checkpoint",
        "if sequence == checkpoint.sequence and checkpoint.status is Status.DONE:",
        "if sequence == -1:",
    ),
    _fault(
        "live leases are taken over",
        "delivery.checkpoint",
        "            self.lease is not None and self.lease.expires_at > now and not self",
        "            self.lease is not None and self.lease.expires_at < now and not self",
    ),
    _fault(
        "a hand-over keeps its sequence",
        "delivery.checkpoint",
        "sequence=held.sequence + 1, lease=None, continuation_pending=True",
        "sequence=held.sequence, lease=None, continuation_pending=True",
    ),
    _fault(
        "what was read before an error is dropped, and recorded",
        "delivery.deliver",
        "                self._flush()  # what was read stays read: the next delivery goes on from here\n",
        "                self._holder.advance(self._progress or {}, new_rows=0)\n",
    ),
    _fault(
        "a hand-over does not wait for the batch under way",
        "delivery.deliver",
        "        self._flush()\n        if self._holder.is_withdrawn():",
        "        if self._holder.is_withdrawn():",
    ),
    _fault(
        "every trouble acknowledges the message",
        "delivery.deliver",
        "    except Exception:\n        holder.release()\n        raise\n",
        "    except Exception:\n        holder.release()\n        return Outcome.LOST\n",
    ),
    _fault(
        "a unit that was begun is taken for done",
        "sync.progress.campaign_progress",
        "return replace(position, page=max(first_page, position.page - 1), earliest=None)",
        "return replace(position, page=position.page + 1, earliest=None)",
    ),
    _fault(
        "failed reports are recorded as read",
        "sync.progress.completed_sync",
        "complete = [unit for unit in progress.units if unit.report not in progress.failed]",
        "complete = list(progress.units)",
    ),
    _fault(
        "the watermark is the end of the read",
        "sync.campaign_plan",
        "started_at=now,\n        since=since,",
        "started_at=now.replace(year=now.year + 1),\n        since=since,",
    ),
    _fault(
        "counters are never compared",
        "sync.due",
        "if counter_delta(now=campaign.counters, before=synced.counters):",
        "if campaign.campaign_id < 0:",
    ),
    _fault(
        "unfinished campaigns are not due",
        "sync.due",
        "if synced is None or checkpoint.status is not Status.DONE:",
        "if checkpoint.status is Status.FAILED:",
    ),
    _fault(
        "new campaigns are not due",
        "sync.due",
        "    if checkpoint is None:\n        return Reason.NEW\n",
        "    if checkpoint is None:\n        return None\n",
    ),
    _fault(
        "wants are not stored before the account is asked",
        "sync.runs.stored_run",
        "before, wants = add_wants(transaction, request.organization_id, request.ask)\n",
        "before, wants = add_wants(transaction, request.organization_id, None)\n",
    ),
    _fault(
        "wants of more history are ignored",
        "sync.due",
        "if want is not None and want.reaches_beyond(synced.since):",
        "if want is not None and not want:",
    ),
    _fault(
        "any sync is what was wanted of older history",
        "sync.sync_record",
        "return not want.reaches_beyond(self.since) and not want.is_forced_after(self.forced_at)",
        "return not want.is_forced_after(self.forced_at)",
    ),
    _fault(
        "work that is taken back stays that of a frozen worker",
        "delivery.checkpoint",
        "replace(checkpoint, lease=None, continuation_pending=False, updated_at=now)",
        "replace(checkpoint, continuation_pending=False, updated_at=now)",
    ),
    _fault(
        "a run that failed halfway is closed",
        "sync.runs.stored_run",
        "    if organization_id in run.summaries:\n",
        "    if organization_id in run.leases:\n        return Summary(run_id=request.run_id,"
        " organization_id=organization_id, campaigns=0, due=0, published=0)\n"
        "    if organization_id in run.summaries:\n",
    ),
    _fault(
        "slots of the budget lie on one another",
        "rate_limit.gcra",
        "end = first + count * interval",
        "end = first + count * interval / 2",
    ),
    _fault(
        "everybody has a budget of their own",
        "rate_limit.gcra",
        "before = state or LimitState(next_free=now)",
        "before = LimitState(next_free=now)",
    ),
    _fault(
        "contacts are marked by a pass that is not complete",
        "sync.contacts",
        "if not is_incomplete and not self._guard.doubts(counts):",
        "if counts.seen >= 0:",
    ),
    _fault(
        "a pass goes on in the middle under a new name",
        "sync.contacts",
        'pass_id=f"{message.run_id}_{message.sequence}",',
        'pass_id=f"{self._clock.now()}",',
    ),
    _fault(
        "the first page of the contacts is skipped",
        "sync.contacts",
        "pages = self._contacts.contacts(current.after)",
        "pages = self._contacts.contacts(current.after or 100)",
    ),
    _fault(
        "an error of one report ends the sync of its campaign as done",
        "sync.campaign",
        "            except Rejected as error:  # costs this report, not the others\n"
        "                found = with_failure(found, at.units[at.index].report, str(error))\n",
        "            except Rejected:\n                pass\n",
    ),
    _fault(
        "a page's rows are dropped where it is the last of its report",
        "sync.campaign",
        "yield Step(rows=self._rows(page, at), progress=_progress(found, page))",
        "yield Step(rows=self._rows(page, at) if page.position else (), progress=_progress(found, page))",
    ),
    _fault(
        "the overlap is dropped",
        "sync.overlap_settings",
        "Overlap(whole=self.overlap_hours * ONE_HOUR, recent=self.recent_overlap_hours * ONE_HOUR)",
        "Overlap(whole=timedelta(0), recent=timedelta(0))",
    ),
    _fault(
        "nobody looks at the lease before a merge",
        "delivery.batch_writer",
        "check_lease=self._holder.ensure_lease,",
        "check_lease=lambda: None,",
    ),
    _fault(
        "leases go by the machine's clock",
        "delivery.lease",
        "lease=self._lease(transaction.now),\n                now=transaction.now,",
        "lease=self._lease(self._clock.now()),\n                now=self._clock.now(),",
    ),
    _fault(
        "the rate budget goes by the machine's clock",
        "rate_limit.budget",
        "self._store_clock.observe(now, ",
        "self._store_clock.observe(self._clock.now(), ",
    ),
    _fault(
        "the rate budget has no headroom",
        "domain.request_rate",
        "timedelta(seconds=(1 + HEADROOM) /",
        "timedelta(seconds=1 /",
    ),
    _fault(
        "the first empty page of the contacts is the end",
        "activecampaign.v3.contacts",
        "return self._empty >= (ENOUGH if self._is_credible else ENOUGH_WITHOUT_TOTALS)",
        "return self._empty >= 1",
    ),
    _fault(
        "any answer without rows is the end of a report",
        "activecampaign.v1.report_end",
        "        if self._is_known(found) or _is_agreed(found, get, query) or self._learns(found, query):\n"
        "            return None\n",
        "        return None\n",
    ),
    _fault(
        "a sequence is off by one",
        "sync.due",
        "return checkpoint.sequence if checkpoint.status is Status.RUNNING else checkpoint.sequence + 1",
        "return checkpoint.sequence",
    ),
    _fault(
        "wants that are done stay",
        "sync.dispatch",
        "        **fulfilled_wants(request.wants, checkpoints.readable, kept_since=policy.floor),\n",
        "",
    ),
    _fault(
        "what was read again is not recorded as that",
        "sync.progress.completed_sync",
        "return progress.wanted_at if is_everything and progress.wanted_at is not None else before",
        "return before",
    ),
    _fault(
        "campaigns that are done are not counted",
        "delivery.lease",
        "campaigns_completed=counted.campaigns_completed + 1)",
        "campaigns_completed=counted.campaigns_completed)",
    ),
    _fault(
        "trouble of one account stops the others",
        "entrypoints.dispatch_accounts",
        "        attempts = [pool.submit(_attempt, request, instance, services) for request in requests]\n"
        "        return [attempt.result() for attempt in attempts]\n",
        "        return [_dispatch(request, instance, services) for request in requests]\n",
    ),
    _fault(
        "the checkpoints of all accounts are in one place",
        "state.documents",
        'return f"{campaigns_path(organization_id)}/{campaign_id}"',
        "return f\"{campaigns_path('all')}/{campaign_id}\"",
    ),
    _fault(
        "the key is logged",
        "state.connections",
        "        stored = _validated(path, document)\n",
        "        stored = _validated(path, document)\n"
        '        logger.info("key: %s", self._key(path, stored).get_secret_value())\n',
    ),
    _fault(
        "messages of a later version are refused",
        "domain.messages",
        'TOLERANT = ConfigDict(extra="ignore", strict=True)',
        'TOLERANT = ConfigDict(extra="forbid", strict=True)',
    ),
    _fault(
        "fields that an earlier version does not store are required",
        "delivery.checkpoint",
        "    backfill: bool = False\n    wanted_at: datetime | None = None\n\n    def is_held",
        "    backfill: bool\n    wanted_at: datetime | None = None\n\n    def is_held",
    ),
    _fault(
        "the list of campaigns is not merged",
        "sync.dispatch",
        "    if rows:\n        services.warehouse.merge(batch)",
        "    if len(rows) > 100:\n        services.warehouse.merge(batch)",
    ),
    _fault(
        "the contact after each page is skipped",
        "activecampaign.v3.contacts",
        "            last_id = page.last_id\n",
        "            last_id = page.last_id + 3\n",
    ),
    _fault(
        "contacts that are gone are not marked",
        "sync.contacts",
        "            return self._mark(done, counts, check_lease)\n",
        "            return Finished(record=_record(done, vanished=0))\n",
    ),
    _fault(
        "whom a pass saw is not stored",
        "delivery.batch_writer",
        "                pass_id=self.pass_id,\n",
        '                pass_id="",\n',
    ),
    _fault(
        "no report is looked at again after it has changed",
        "sync.due",
        "if report in (*settling, *uncounted, *looks, *doubted",
        "if report in (*uncounted, *looks, *doubted",
    ),
    _fault(
        "a split campaign is read as one message",
        "sync.due",
        "        split=campaign.split,\n",
        "        split=False,\n",
    ),
    _fault(
        "times without an offset are taken as UTC",
        "activecampaign.timestamps",
        "            moment = moment.replace(tzinfo=zone)\n",
        "            moment = moment.replace(tzinfo=UTC)\n",
    ),
    _fault(
        "every run reads what has not changed",
        "sync.due",
        "    if counter_delta(now=campaign.counters, before=synced.counters):\n        return Reason.CHANGED\n",
        "    if campaign.counters:\n        return Reason.CHANGED\n",
    ),
    _fault(
        "the end of a report is believed against its counters",
        "activecampaign.v1.report_end",
        "    return seen < promised_rows(query)\n",
        "    return seen < 0\n",
    ),
    _fault(
        "whoever the list does not show is erased without a question",
        "erasure.gone_contacts",
        "    found = lookups.confirm(gone, shown=shown, at=pass_began_at) if gone else Confirmation(gone=gone)\n",
        "    found = Confirmation(gone=gone)\n",
    ),
    _fault(
        "whoever is gone is not erased",
        "erasure.gone_contacts",
        "    if found.gone or place.is_unsettled():\n",
        "    if place.is_unsettled() and not found.gone:\n",
    ),
    _fault(
        "the address of an activity is stored as it is",
        "pseudonyms.pseudonymous_rows",
        '        "contact_email": _changed(row["contact_email"], pseudonyms.address),\n',
        '        "contact_email": row["contact_email"],\n',
    ),
    _fault(
        "a table that has too much to do counts as an outage",
        "gcp.bigquery_errors",
        '        return Busy(f"BigQuery has too much to do at once',
        '        return Unavailable(f"BigQuery has too much to do at once',
    ),
    _fault(
        "the breaker never opens",
        "delivery.warehouse_breaker",
        "self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), MAX_PAUSE_S)",
        "self._pause_s = 0.0",
    ),
    _fault(
        "the pauses of the breaker do not grow",
        "delivery.warehouse_breaker",
        "self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), MAX_PAUSE_S)",
        "self._pause_s = FIRST_PAUSE_S",
    ),
    _fault(
        "the breaker never closes",
        "delivery.warehouse_breaker",
        '        """Note that something was merged."""\n        self._pause_s = 0.0\n',
        '        """Note that something was merged."""\n',
    ),
    _fault(
        "trouble of an account opens the breaker",
        "delivery.deliver",
        "    except Exception:\n        holder.release()\n        raise\n",
        "    except Exception:\n        holder.release()\n        if limits.services.breaker is not None:\n"
        "            limits.services.breaker.failed()\n        raise\n",
    ),
    _fault(
        "a key that is refused is a failure of each campaign",
        "entrypoints.account_failures",
        '    return document.get("run_id") == failed.run_id\n',
        "    return document is None\n",
    ),
    _fault(
        "rows that were stored before are counted as merged",
        "sync.pairing.row_ledger",
        "rows = before.rows + max(0, changed - old)",
        "rows = before.rows + len(batch.rows)",
    ),
)
