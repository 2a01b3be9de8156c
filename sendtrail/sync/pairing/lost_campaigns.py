"""Makes the campaigns of which rows are missing due, until they were read again from beginning to end."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.ports import Document, State
from sendtrail.state.stored_rows import read_lost

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def with_losses(checkpoints: Mapping[int, Checkpoint], organization_id: str, state: State) -> dict[int, Checkpoint]:
    """Return checkpoints, those of campaigns that have lost rows as of campaigns that were audited long ago.

    So they are read again as for an audit, as far back as they were before, in portions, and after what has changed.
    """
    lost = state.transact(lambda transaction: read_lost(transaction, organization_id))
    return {number: _as_lost(each, lost.get(number)) for number, each in checkpoints.items()}


def found_at_by(
    campaign_ids: Iterable[int], checkpoints: Mapping[int, Document], *, now: datetime
) -> Mapping[int, int]:
    """Return when a loss of campaigns is found, in seconds since 1970: never before their latest audit.

    A clock may be behind the one by which that was stored, and an audit that is later than a loss makes up for it.
    """
    audits = {number: _audited_at(checkpoints.get(number, {}).get("synced") or {}) for number in campaign_ids}
    return {number: max(int(now.timestamp()), ceil(audited_at)) for number, audited_at in audits.items()}


def _as_lost(checkpoint: Checkpoint, found_at: int | None) -> Checkpoint:
    if found_at is None or checkpoint.synced is None or _audited_at(checkpoint.synced) > found_at:
        return checkpoint
    return replace(checkpoint, synced={**checkpoint.synced, "audited_at": LONG_AGO})


def _audited_at(record: Mapping[str, Any]) -> float:
    """Return when a stored record says that everything was read, in seconds since 1970."""
    audited_at = record.get("audited_at")
    moment = datetime.fromisoformat(audited_at) if isinstance(audited_at, str) else audited_at
    return moment.timestamp() if isinstance(moment, datetime) else 0.0
