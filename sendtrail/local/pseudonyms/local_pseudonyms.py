"""The pseudonyms of a database: those of the key file that is named, if the database was begun with it."""

from pathlib import Path

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.local_erasure import erased_people
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.local.pseudonyms.key_file import new_pseudonyms, pseudonyms_in
from sendtrail.ports import State
from sendtrail.pseudonyms.pseudonym_choice import agreed_pseudonyms, ensure_no_addresses, holds_addresses
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.state.personal_data import read_pseudonym_choice


def local_pseudonyms(warehouse: DuckDbWarehouse, state: State, key_file: Path | None) -> Pseudonyms | None:
    """Return the pseudonyms of an open database, None where it holds addresses as they are.

    The key is made where its file is not there and the database is still empty. Raise SettingsError where the file and
    the database do not belong together.
    """

    def holds_anybody() -> bool:
        if erased_people(warehouse):  # by addresses as they are: their pseudonyms are not on the list
            return True
        warehouse.create_customer_tables()
        return holds_addresses(DuckDbPeopleTables(warehouse=warehouse))

    given = None
    if key_file is not None and not key_file.exists() and read_pseudonym_choice(state) is None:
        ensure_no_addresses(holds=holds_anybody())
        given = new_pseudonyms(key_file)
    elif key_file is not None:
        given = pseudonyms_in(key_file)
    return given if agreed_pseudonyms(state, given, holds_addresses=holds_anybody) else None
