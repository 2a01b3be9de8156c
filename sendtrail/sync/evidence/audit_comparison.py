"""Audits an account by asking the warehouse: one statement says which campaigns hold all that is counted."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sendtrail.delivery.services import Services
from sendtrail.domain.campaign_report import Report
from sendtrail.ports import State
from sendtrail.state.documents import read_known, to_document
from sendtrail.state.stored_comparisons import StoredComparison, comparison_path
from sendtrail.sync.due import Policy, Request, RunKind
from sendtrail.sync.evidence.audits import (
    Audits,
    Comparison,
    Doubt,
    Synced,
    compared,
    is_comparable,
    is_expired,
    needs_comparison,
    sampled_looks,
    spared_audits,
)
from sendtrail.sync.read_window import ALL_TIME

logger = logging.getLogger(__name__)

AGREED, EXPLAINED = 1, 2
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def audits(
    campaigns: Sequence[Synced],
    *,
    stale: Sequence[Report],
    request: Request,
    policy: Policy,
    services: Services,
) -> Audits:
    """Return the campaigns whose audit reads nothing.

    The warehouse is asked once for all of an account's campaigns, where the audit of one is due and nothing is known of
    it: about once in the time after which a campaign is audited, and once a week at the most.
    """
    now, organization_id = services.clock.now(), request.organization_id
    expired = {each.campaign_id for each, record in campaigns if is_expired(each, record, floor=policy.floor)}
    comparable = [
        (each, record)
        for each, record in campaigns
        if each.campaign_id not in expired and is_comparable(each, record, floor=policy.floor, stale=stale)
    ]
    known, looks = read_comparison(services.state, organization_id), dict[int, tuple[Report, ...]]()
    is_whole = request.kind is RunKind.CAMPAIGNS
    if is_whole and needs_comparison(comparable, known, audit=policy.audit, now=now):
        found = _ask(comparable, known, organization_id=organization_id, policy=policy, services=services)
        if found is not None:
            known, looks = found, dict(sampled_looks(comparable, found))
    spared = spared_audits(comparable, known, audit=policy.audit, now=now)
    return Audits(spared=expired | spared, looks=looks)


def read_comparison(state: State, organization_id: str) -> Comparison | None:
    """Return what the latest comparison of an account has shown, None where there was none."""
    path = comparison_path(organization_id)
    stored = state.transact(lambda transaction: read_known(transaction, path, StoredComparison))
    if stored is None:
        return None
    return Comparison(
        compared_at=stored.compared_at,
        agreed={number for number, verdict in stored.verdicts.items() if verdict == AGREED},
        explained={number for number, verdict in stored.verdicts.items() if verdict == EXPLAINED},
        doubts={
            number: Doubt(found_at=EPOCH + at * MICROSECOND, gaps=stored.gaps.get(number, {}))
            for number, at in stored.found_at.items()
        },
    )


def _ask(
    campaigns: Sequence[Synced],
    known: Comparison | None,
    *,
    organization_id: str,
    policy: Policy,
    services: Services,
) -> Comparison | None:
    since = (policy.floor or ALL_TIME).date()
    try:
        stored = services.warehouse.stored_counts(organization_id, since=since)
    except Exception as error:  # noqa: BLE001 - whatever is wrong: the audit reads the campaigns if it stays so
        logger.warning("what is stored cannot be compared with the counters, the next run tries again: %s", error)
        return None
    found = compared(campaigns, stored, before=known, audit=policy.audit, now=services.clock.now())
    logger.info(
        "all is stored that is counted of %d of %d campaigns, a gap stays of %d, %d are audited",
        len(found.agreed),
        len(campaigns),
        len(found.explained),
        len(found.doubts.keys() - found.explained),
    )
    document = to_document(_stored(found))
    services.state.transact(lambda transaction: transaction.set(comparison_path(organization_id), document))
    return found


def _stored(found: Comparison) -> StoredComparison:
    verdicts: Mapping[int, int] = {
        **dict.fromkeys(sorted(found.agreed), AGREED),
        **dict.fromkeys(sorted(found.explained), EXPLAINED),
    }
    return StoredComparison(
        compared_at=found.compared_at,
        verdicts=verdicts,
        found_at={number: (doubt.found_at - EPOCH) // MICROSECOND for number, doubt in found.doubts.items()},
        gaps={number: doubt.gaps for number, doubt in found.doubts.items()},
    )
