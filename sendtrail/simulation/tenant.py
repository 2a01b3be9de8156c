"""One of the accounts of a simulated world: whose data it is, how it is reached, and what it has seen."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sendtrail.activecampaign.http.session import session_of
from sendtrail.erasure.erased_people import Kind
from sendtrail.simulation.cloud.functions import Cloud, key_name
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.cloud.rate_watch import RateWatch
from sendtrail.simulation.cloud.transport import SimulatedTransport
from sendtrail.simulation.comparison import differences
from sendtrail.simulation.request_cost import ReportKey
from sendtrail.simulator import Account, Quirks
from sendtrail.simulator.world.counters import COUNTED
from sendtrail.state.account_pause import AccountPause
from sendtrail.state.documents import account_pause_path, connection_path, to_document


class Tenant:
    """An account, connected to the functions of a cloud."""

    def __init__(self, organization_id: str, account: Account, *, cloud: Cloud, number: int) -> None:
        self.organization_id, self.account = organization_id, account
        self._cloud, self._url = cloud, f"http://127.0.0.{number}:9"
        self.watch = RateWatch(most=5)
        self.transport = SimulatedTransport(
            account, url=self._url, scheduler=cloud.scheduler, faults=cloud.faults, watch=self.watch
        )
        session_of(self._url).mount(self._url, self.transport)
        cloud.contact_ids[organization_id] = lambda: {contact.id for contact in account.contacts_truth()}
        self.accept_key()
        self.connect()

    @property
    def is_ordinary(self) -> bool:
        """Return whether the account is as documented: what an odd one shows late is found later."""
        return self.account.quirks == Quirks()

    @property
    def campaign_ids(self) -> list[int]:
        """Return the ids of its campaigns."""
        return [campaign.id for campaign in self.account.campaigns]

    def counters(self) -> Mapping[ReportKey, list[int]]:
        """Return what is counted of each report."""
        found: dict[ReportKey, list[int]] = defaultdict(list)
        for campaign in self.account.campaigns:
            counted = self.account.counters(campaign)
            for name, event_type in COUNTED.items():
                found[campaign.id, event_type].append(counted[name])
        return found

    def connect(self, *, enabled: bool = True) -> None:
        """Store how the account is reached, and whether it is switched on."""
        document = {
            "apiUrl": self._url,
            "apiKeySecret": key_name(self.organization_id),
            "timeZone": "America/Chicago",
            "enabled": enabled,
        }
        self._cloud.documents.put(connection_path(self.organization_id), document)

    def pause(self) -> None:
        """Pause the account, as an operator does."""
        self._store_pause(AccountPause(paused_at=world_time(self._cloud.scheduler)))
        self.transport.silence.pause(self._cloud.scheduler.now)

    def resume(self) -> None:
        """End the pause."""
        self.transport.silence.resume()
        self._store_pause(AccountPause(resumed_at=world_time(self._cloud.scheduler)))

    def accept_key(self) -> None:
        """Let the stored key be the account's."""
        self._cloud.keys[key_name(self.organization_id)] = self.account.api_key

    def revoke_key(self) -> None:
        """Let the stored key be another one."""
        self._cloud.keys[key_name(self.organization_id)] = "another-key"

    def _store_pause(self, pause: AccountPause) -> None:
        self._cloud.documents.put(account_pause_path(self.organization_id), to_document(pause))

    def differences(self) -> Iterator[str]:
        """Yield a sentence for each way in which the warehouse differs from the account."""
        people = self._cloud.erased_people

        def is_erased(contact_id: str, email: str) -> bool:
            return people.has(Kind.CONTACT, self.organization_id, contact_id) or people.has(
                Kind.ADDRESS, self.organization_id, email
            )

        found = differences(self.account, self._cloud.rows, organization_id=self.organization_id, is_erased=is_erased)
        for each in found:
            yield f"{self.organization_id}: {each}"
