"""What is promised at the end of a world, beside the rows of the warehouse."""

from collections.abc import Iterator
from datetime import datetime

from sendtrail.ports import Document
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.tenant import Tenant
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, from_document, wants_path
from sendtrail.sync.sync_record import read_record


def broken_promises(cloud: Cloud, tenant: Tenant, *, forced_at: datetime | None) -> Iterator[str]:
    """Yield a sentence for each promise to an account that is not kept, once nothing is left to do.

    `forced_at` is when everything was last asked for again.
    """
    if tenant.watch.violations:
        yield f"{tenant.organization_id}: {tenant.watch.violations} requests were more than 5 in a second"
    if late := tenant.transport.silence.violations:
        yield f"{tenant.organization_id}: {late} requests are made although the account is paused"
    yield from _status_problems(cloud, tenant)
    yield from _forgotten(cloud, tenant, forced_at=forced_at)
    yield from tenant.differences()


def _status_problems(cloud: Cloud, tenant: Tenant) -> Iterator[str]:
    name, stored = tenant.organization_id, cloud.documents
    document = stored.get(account_path(name))
    if document is None:
        yield f"{name}: there is no status"
        return
    status = from_document(AccountStatus, document)
    if not status.is_finished or status.campaigns_failed:
        yield (
            f"{name}: the last run says that {status.campaigns_completed} of {status.campaigns_total} campaigns are"
            f" done, and {status.campaigns_failed} failed"
        )
    if wants := _wants(stored.get(wants_path(name))):
        yield f"{name}: what was asked for is still wanted of {wants} groups of campaigns"


def _forgotten(cloud: Cloud, tenant: Tenant, *, forced_at: datetime | None) -> Iterator[str]:
    for campaign_id in tenant.campaign_ids if forced_at else ():
        document = cloud.documents.get(campaign_path(tenant.organization_id, campaign_id))
        record = read_record(document["synced"]) if document else None
        if forced_at and (record is None or record.forced_at is None or record.forced_at < forced_at):
            yield f"{tenant.organization_id}: campaign {campaign_id} was asked for again, and never was read again"


def _wants(document: Document | None) -> int:
    return len(document["wants"]) if document else 0
