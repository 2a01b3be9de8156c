"""One of the accounts of a simulated world: whose data it is, how it is reached, and what it has seen."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sendtrail.activecampaign.http.session import session_of
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.pseudonyms.pseudonymous_rows import NAMING_PEOPLE
from sendtrail.simulation.cloud.functions import Cloud, key_name
from sendtrail.simulation.cloud.transport import SimulatedTransport
from sendtrail.simulation.comparison import IsErased, differences
from sendtrail.simulation.engine.faults import Fault
from sendtrail.simulation.oddities import is_in_time, is_only_late
from sendtrail.simulation.operating.cloud_state import CloudState
from sendtrail.simulation.recorded import recorded_and_missing
from sendtrail.simulation.request_cost import ReportKey
from sendtrail.simulation.watching.rate_watch import RateWatch
from sendtrail.simulator import Account, Quirks
from sendtrail.simulator.world.counters import COUNTED
from sendtrail.state.account_pause import pause_account, resume_account
from sendtrail.state.documents import campaign_path, connection_path, contacts_path, from_document
from sendtrail.state.stored_rows import LostRows, lost_path
from sendtrail.sync.contacts import ContactsSynced
from sendtrail.sync.read_window import ALL_TIME
from sendtrail.sync.sync_record import SyncRecord, read_record
from sendtrail.warehouse.rows import Table

CLOCKS_OFF = timedelta(minutes=2)
"""So far apart are the clocks of a worker and an account, at most."""


class Tenant:
    """An account, connected to the functions of a cloud."""

    def __init__(self, organization_id: str, account: Account, *, cloud: Cloud, number: int) -> None:
        self.organization_id, self.account = organization_id, account
        self._cloud, self._url = cloud, f"http://127.0.0.{number}:9"
        self._state = CloudState(cloud=cloud)
        self.watch = RateWatch(most=5)
        self.transport = SimulatedTransport(
            account, url=self._url, scheduler=cloud.scheduler, faults=cloud.faults, watch=self.watch
        )
        session_of(self._url).mount(self._url, self.transport)
        cloud.contact_ids[organization_id] = self._shown_contacts
        self.accept_key()
        self.enable()

    def close(self) -> None:
        """Take its transport from the session, which outlives the world."""
        session_of(self._url).adapters.pop(self._url)

    @property
    def is_ordinary(self) -> bool:
        """Return whether the account is as documented: what an odd one shows late is found later."""
        return self.account.quirks == Quirks()

    @property
    def is_only_late(self) -> bool:
        """Return whether it shows all rows that are old enough as one does that is as documented."""
        return is_only_late(self.account.quirks)

    @property
    def is_in_time(self) -> bool:
        """Return whether what it shows late is no later than that of an account as documented."""
        return is_in_time(self.account.quirks)

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

    def pause(self) -> None:
        """Pause the account, as an operator does."""
        pause_account(self._state, self.organization_id)
        self.transport.paused.begin(self._cloud.scheduler.now)

    def resume(self) -> None:
        """End the pause."""
        self.transport.paused.end()
        resume_account(self._state, self.organization_id)

    def disable(self) -> None:
        """Switch the account off: deliveries that have begun go on."""
        self._connect(enabled=False)
        self.transport.disabled.begin(self._cloud.scheduler.now)

    def enable(self) -> None:
        """Store how the account is reached, and switch it on."""
        self.transport.disabled.end()
        self._connect(enabled=True)

    def accept_key(self) -> None:
        """Let the stored key be the account's."""
        self._cloud.keys[key_name(self.organization_id)] = self.account.api_key

    def revoke_key(self) -> None:
        """Let the stored key be another one."""
        self._cloud.keys[key_name(self.organization_id)] = "another-key"

    def replace_key(self) -> None:
        """Let the account accept another key than before, which nobody has stored yet."""
        self.account.api_key += "-2"  # what is logged of it is the one before as well

    def record(self, campaign_id: int) -> SyncRecord | None:
        """Return the record of a campaign's last completed sync, None where there is none."""
        document = self._cloud.documents.get(campaign_path(self.organization_id, campaign_id))
        return read_record(document["synced"]) if document else None

    def has_contacts_of(self, moment: datetime) -> bool:
        """Return whether the latest pass over the contacts began after a moment: one may go on with an older one."""
        document = self._cloud.documents.get(contacts_path(self.organization_id))
        synced = (document or {}).get("synced") or {}
        return bool(synced) and from_document(ContactsSynced, synced).synced_at >= moment

    def erasure_problems(self) -> Iterator[str]:
        """Yield what is wrong with the erasure of contacts who are gone, once two quiet passes have ended."""
        people, whose = self._cloud.erased_people, self.organization_id
        there = {str(each.id): each.email for each in self.account.contacts}
        tokens = {
            token
            for contact_id, email in there.items()
            for token in (
                people.token(Kind.CONTACT, whose, contact_id),
                people.token(Kind.ADDRESS, whose, self._as_stored(email)),
            )
        }
        if wrong := (tokens & people.tokens) - self._cloud.erased_on_purpose:
            yield f"{whose}: {len(wrong)} ids and addresses are erased of people who are there"
        # Where contacts are hidden as well, the time of a pass may be over before those who are gone had their turn.
        if self._cloud.settings.gone_policy is not None and not self.account.quirks.hidden_list:
            rows = [row for row in self._cloud.rows(Table.CONTACTS) if row["organization_id"] == whose]
            if left := {row["contact_id"] for row in rows if row["deleted_at"]} - there.keys():
                yield f"{whose}: {len(left)} contacts are stored who are gone for good, such as {min(left)}"

    def plain_addresses(self) -> Iterator[str]:
        """Yield what is wrong where people are stored under pseudonyms: that an address is there as it is."""
        if self._cloud.pseudonyms is None:
            return
        addresses = {each.email for each in self.account.contacts} | {
            row.contact_email for row in self.account.history()
        }
        for table in NAMING_PEOPLE:
            text = repr([row for row in self._cloud.rows(table) if row["organization_id"] == self.organization_id])
            if found := [each for each in addresses if each and each in text]:
                yield f"{self.organization_id}: {len(found)} addresses are stored as they are in {table}"

    def missing_of_recorded(self, *, without_trouble: bool = False) -> Iterator[str]:
        """Yield what the records of its campaigns say was read, and is not stored.

        What a report lacks is not recorded by an earlier version: the next look at it is a day later.
        """
        if self._cloud.faults.kinds >= {Fault.OLDER_VERSION, Fault.HTTP_REPORT_END}:
            return
        rows = [
            row for row in self._cloud.rows(Table.EMAIL_ACTIVITIES) if row["organization_id"] == self.organization_id
        ]
        found = recorded_and_missing(
            self.account.truth(),
            rows,
            {campaign_id: self.record(campaign_id) for campaign_id in self.campaign_ids},
            is_erased=self._is_on(self._cloud.erased_people),
            without_trouble=without_trouble,
            late=timedelta(hours=max(self.account.quirks.late_opens_h, self.account.quirks.late_clicks_h)),
        )
        if missing := list(found):
            example = missing[0]
            what = f"{len(missing)} activities are recorded as read and missing, such as"
            yield f"{self.organization_id}: {what} ({example.campaign_id}, {example.event_type}, {example.contact_id})"

    def said_to_be_lost(self) -> Iterator[str]:
        """Yield which campaigns are recorded as having lost rows: no warehouse of these worlds loses any.

        Where the state cannot be reached at the first look, the second takes what is there for an earlier version's.
        """
        if Fault.STATE_UNAVAILABLE in self._cloud.faults.kinds:
            return
        document = self._cloud.documents.get(lost_path(self.organization_id))
        lost = from_document(LostRows, document).campaigns if document else {}
        if lost:
            what = f"rows of {len(lost)} campaigns are taken to be lost, such as of {min(lost)}, and none was"
            yield f"{self.organization_id}: {what}"

    def unseen_by_pass(self) -> Iterator[str]:
        """Yield what is missing after a pass over the contacts that says that it was complete."""
        document = self._cloud.documents.get(contacts_path(self.organization_id)) or {}
        if document.get("status") != Status.DONE or document.get("reason") or not document.get("synced"):
            return
        if self.transport.has_shown_nobody:
            return
        began_at = from_document(ContactsSynced, document["synced"]).synced_at
        stored = {
            row["contact_id"]
            for row in self._cloud.rows(Table.CONTACTS)
            if row["organization_id"] == self.organization_id and not row["deleted_at"]
        }
        is_erased = self._is_on(self._cloud.erased_people)
        there = {
            str(each.id)
            for each in self.account.contacts
            if each.created_at < (began_at - CLOCKS_OFF).timestamp() and not is_erased(str(each.id), each.email)
        }
        if missing := there - stored - self._hidden():
            what = f"{len(missing)} contacts are missing after a complete pass, such as {min(missing)}"
            yield f"{self.organization_id}: {what}"

    def _shown_contacts(self) -> set[str]:
        """Return the ids of the contacts that are there."""
        return {contact.id for contact in self.account.contacts_truth()}

    def _hidden(self) -> set[str]:
        return {str(each.id) for each in self.account.contacts if self.account.is_hidden(each)}

    def abandoned(self) -> Iterator[str]:
        """Yield the work that was begun and that nobody goes on with, once no message waits."""
        if self._cloud.work_watch.may_leave_work(self.organization_id):
            return
        paths = [contacts_path(self.organization_id)]
        paths += [campaign_path(self.organization_id, campaign_id) for campaign_id in self.campaign_ids]
        for path in paths:
            document = self._cloud.documents.get(path)
            if document is not None and from_document(Checkpoint, document).status is Status.RUNNING:
                yield f"{self.organization_id}: nobody goes on with {path}, which is not done"

    def differences(self, *, left: ErasedPeople | None = None, with_contacts: bool = True) -> Iterator[str]:
        """Yield a sentence for each way in which the warehouse differs from the account.

        `left` is the erased list as it was before a pass over the contacts that has ended: a worker that had rows in
        hand while a pass erased somebody may have stored them, and the next pass deletes those.
        """
        people = self._cloud.erased_people
        found = differences(
            self.account,
            self._cloud.rows,
            organization_id=self.organization_id,
            is_erased=self._is_on(people),
            has_left=self._is_on(people if left is None else left),
            as_stored=self._as_stored,
            since_of=self._since_of,
            with_contacts=with_contacts,
        )
        for each in found:
            yield f"{self.organization_id}: {each}"

    def _is_on(self, people: ErasedPeople) -> IsErased:
        def is_on_list(contact_id: str, email: str) -> bool:
            return people.has(Kind.CONTACT, self.organization_id, contact_id) or people.has(
                Kind.ADDRESS, self.organization_id, self._as_stored(email)
            )

        return is_on_list

    def _as_stored(self, email: str) -> str:
        pseudonyms = self._cloud.pseudonyms
        return pseudonyms.address(email) if email and pseudonyms else email

    def _since_of(self, campaign_id: int) -> datetime:
        """Return how far back a campaign is stored as the state says: to its beginning, where it says nothing."""
        record = self.record(campaign_id)
        return ALL_TIME if record is None else record.since

    def _connect(self, *, enabled: bool) -> None:
        document = {
            "apiUrl": self._url,
            "apiKeySecret": key_name(self.organization_id),
            "timeZone": "America/Chicago",
            "enabled": enabled,
        }
        self._cloud.documents.put(connection_path(self.organization_id), document)
