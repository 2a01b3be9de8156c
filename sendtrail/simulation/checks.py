"""What is promised at the end of a world, beside the rows of the warehouse."""

from collections.abc import Iterator
from datetime import timedelta

from sendtrail.ports import Document
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.operating.asked import Asked
from sendtrail.simulation.operating.cloud_state import CloudState
from sendtrail.simulation.tenant import Tenant
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, from_document, wants_path
from sendtrail.sync.overview.account_overview import Activity, overview_of


def broken_promises(cloud: Cloud, tenant: Tenant, asked: Asked) -> Iterator[str]:
    """Yield a sentence for each promise to an account that is not kept, once nothing is left to do."""
    if tenant.watch.violations:
        yield f"{tenant.organization_id}: {tenant.watch.violations} requests were more than 5 in a second"
    for what, silence in {"paused": tenant.transport.paused, "switched off": tenant.transport.disabled}.items():
        if silence.violations:
            yield f"{tenant.organization_id}: {silence.violations} requests are made although the account is {what}"
    yield from _status_problems(cloud, tenant)
    yield from _overview_problems(cloud, tenant)
    yield from _forgotten(cloud, tenant, asked)
    yield from tenant.erasure_problems()
    yield from tenant.plain_addresses()
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


def _overview_problems(cloud: Cloud, tenant: Tenant) -> Iterator[str]:
    """Yield what `sendtrail status` and `sendtrail failures` say of an account of which nothing is left to do."""
    found = overview_of(tenant.organization_id, CloudState(cloud=cloud))
    if found.activity is not Activity.IDLE or found.left or found.due:
        yield (
            f"{tenant.organization_id}: its status says that it is {found.activity},"
            f" {found.left} campaigns are left and {found.due} due"
        )
    for failed in found.failures:
        yield f"{tenant.organization_id}: {failed.subject} is said to have failed: {failed.reason}"


def _forgotten(cloud: Cloud, tenant: Tenant, asked: Asked) -> Iterator[str]:
    name, lookback = tenant.organization_id, timedelta(days=cloud.settings.lookback_days)
    first_since = None if asked.has_named_a_time(name) else world_time(cloud.scheduler) - lookback
    for campaign_id in tenant.campaign_ids:
        forced_at, record = asked.forced_at(name, campaign_id), tenant.record(campaign_id)
        since = asked.since(name, campaign_id) or first_since
        if forced_at and (record is None or record.forced_at is None or record.forced_at < forced_at):
            yield f"{name}: campaign {campaign_id} was asked for again, and never was read again"
        if record is not None and since is not None and record.since > since:
            yield f"{name}: campaign {campaign_id} was asked for from {since}, and is read from {record.since} on"


def _wants(document: Document | None) -> int:
    return len(document["wants"]) if document else 0
