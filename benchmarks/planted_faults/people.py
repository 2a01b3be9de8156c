"""Faults about people: passes over the contacts, erasures, pseudonyms."""

from benchmarks.planted_faults.fault import fault

PEOPLE = (
    fault(
        "contacts are marked by a pass that is not complete",
        "sync.contacts",
        "if not is_incomplete and not is_contradicted and not self._guard.doubts(counts):",
        "if counts.seen >= 0:",
    ),
    fault(
        "a pass goes on in the middle under a new name",
        "sync.contacts",
        "pass_id = current.pass_id",
        'pass_id = f"{self._message.run_id}_{self._message.sequence}"',
    ),
    fault(
        "the first page of the contacts is skipped",
        "sync.contacts",
        "pages = self._contacts.contacts(current.after)",
        "pages = self._contacts.contacts(current.after or 100)",
    ),
    fault(
        "an end of the contacts that is contradicted is believed",
        "activecampaign.v3.contacts",
        'if last_id and not around_end["contacts"]:',
        "if last_id < 0:",
    ),
    fault(
        "the contact after each page is skipped",
        "activecampaign.v3.contacts",
        "            last_id = page.last_id\n",
        "            last_id = page.last_id + 3\n",
    ),
    fault(
        "contacts that are gone are not marked",
        "sync.contacts",
        "            return self._mark(done, counts, check_lease)\n",
        "            return Finished(record=_record(done, vanished=0))\n",
    ),
    fault(
        "whoever the list does not show is erased without a question",
        "erasure.gone_contacts",
        "    found = lookups.confirm(gone, shown=shown, at=pass_began_at) if gone else Confirmation(gone=gone)\n",
        "    found = Confirmation(gone=gone)\n",
    ),
    fault(
        "whoever is gone is not erased",
        "erasure.gone_contacts",
        "    if found.gone or place.is_unsettled():\n",
        "    if place.is_unsettled() and not found.gone:\n",
    ),
    fault(
        "the address of an activity is stored as it is",
        "pseudonyms.pseudonymous_rows",
        '        "contact_email": _changed(row["contact_email"], pseudonyms.address),\n',
        '        "contact_email": row["contact_email"],\n',
    ),
)
