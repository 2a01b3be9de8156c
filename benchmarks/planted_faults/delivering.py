"""Faults of deliveries: leases, checkpoints, hand-overs, merges and the breaker."""

from benchmarks.planted_faults.fault import fault

# A worker that is frozen until another one has its lease has no time left for a job either.
JOBS_WITHOUT_TIME = fault(
    "jobs are begun when the time is over",
    "gcp.bigquery_jobs",
    "        if left_s <= 0:\n            raise OutOfTime\n",
    "        left_s = max(left_s, 1)\n",
)

DELIVERING = (
    fault(
        "the checkpoint advances before the merge",
        "delivery.batch_writer",
        "        new_rows = self._merge(rows)\n        if progress is not None:\n"
        "            self._holder.advance(progress, new_rows=new_rows)\n",
        "        if progress is not None:\n            self._holder.advance(progress, new_rows=0)\n"
        "        self._merge(rows)\n",
    ),
    fault(
        "the last batch of a delivery is not merged",
        "delivery.deliver",
        "new_rows = self._writer.merge(self._pending)",
        "new_rows = 0",
    ),
    fault(
        "anybody may write a checkpoint",
        "delivery.checkpoint",
        "if checkpoint is None or checkpoint.lease is None or checkpoint.lease.token != token:",
        "if checkpoint is None:",
    ),
    fault(
        "a continuation that was perhaps not published is not published again",
        "delivery.checkpoint",
        "is_parent = checkpoint.continuation_pending and sequence == checkpoint.sequence - 1",
        "is_parent = False",
    ),
    fault(
        "work that is done is done again by each duplicate",
        "delivery.checkpoint",
        "if sequence == checkpoint.sequence and checkpoint.status is Status.DONE:",
        "if sequence == -1:",
    ),
    fault(
        "live leases are taken over",
        "delivery.checkpoint",
        "            self.lease is not None and self.lease.expires_at > now and not self",
        "            self.lease is not None and self.lease.expires_at < now and not self",
    ),
    fault(
        "what was read before an error is dropped, and recorded",
        "delivery.deliver",
        "                self._flush()  # what was read stays read: the next delivery goes on from here\n",
        "                self._holder.advance(self._progress or {}, new_rows=0)\n",
    ),
    fault(
        "a hand-over does not wait for the batch under way",
        "delivery.deliver",
        "        self._flush()\n        if self._holder.is_withdrawn():",
        "        if self._holder.is_withdrawn():",
    ),
    fault(
        "every trouble acknowledges the message",
        "delivery.deliver",
        "    except Exception:\n        holder.release()\n        raise\n",
        "    except Exception:\n        holder.release()\n        return Outcome.LOST\n",
    ),
    fault(
        "work that is taken back stays that of a frozen worker",
        "delivery.checkpoint",
        "replace(checkpoint, lease=None, continuation_pending=False, updated_at=now)",
        "replace(checkpoint, continuation_pending=False, updated_at=now)",
    ),
    fault(
        "nobody looks at the lease before a merge",
        "delivery.batch_writer",
        "check_lease=self._holder.ensure_lease,",
        "check_lease=lambda: None,",
        beside=JOBS_WITHOUT_TIME,
    ),
    fault(
        "leases go by the machine's clock",
        "delivery.lease",
        "lease=self._lease(transaction.now),\n                now=transaction.now,",
        "lease=self._lease(self._clock.now()),\n                now=self._clock.now(),",
    ),
    fault(
        "campaigns that are done are not counted",
        "delivery.lease",
        "campaigns_completed=counted.campaigns_completed + 1)",
        "campaigns_completed=counted.campaigns_completed)",
    ),
    fault(
        "fields that an earlier version does not store are required",
        "delivery.checkpoint",
        "    backfill: bool = False\n    wanted_at: datetime | None = None\n\n    def is_held",
        "    backfill: bool\n    wanted_at: datetime | None = None\n\n    def is_held",
    ),
    fault(
        "whom a pass saw is not stored",
        "delivery.batch_writer",
        "                pass_id=self.pass_id,\n",
        '                pass_id="",\n',
    ),
    fault(
        "a table that has too much to do counts as an outage",
        "gcp.bigquery_errors",
        '        return Busy(f"BigQuery has too much to do at once',
        '        return Unavailable(f"BigQuery has too much to do at once',
    ),
    fault(
        "the breaker never opens",
        "delivery.warehouse_breaker",
        "self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), MAX_PAUSE_S)",
        "self._pause_s = 0.0",
    ),
    fault(
        "the pauses of the breaker do not grow",
        "delivery.warehouse_breaker",
        "self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), MAX_PAUSE_S)",
        "self._pause_s = FIRST_PAUSE_S",
    ),
    fault(
        "the breaker never closes",
        "delivery.warehouse_breaker",
        '        """Note that something was merged."""\n        self._pause_s = 0.0\n',
        '        """Note that something was merged."""\n',
    ),
    fault(
        "trouble of an account opens the breaker",
        "delivery.deliver",
        "    except Exception:\n        holder.release()\n        raise\n",
        "    except Exception:\n        holder.release()\n        if limits.services.breaker is not None:\n"
        "            limits.services.breaker.failed()\n        raise\n",
    ),
)
