"""Which views of a dataset a command reads as they are, into which it writes, and what if it may not list them."""

from typing import Any

import pytest
from google.api_core import exceptions as api
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client, Table

from sendtrail.errors import SendtrailError, SettingsError
from sendtrail.gcp.bigquery_access import Access
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.erasure.people_tables import BigQueryPeopleTables
from sendtrail.warehouse.views import ALWAYS_CURRENT
from tests.fakes import FakeClock


class Dataset(Client):
    """BigQuery with one dataset, which answers with tables and views, or with an error."""

    def __init__(self, answer: list[Table] | type[Exception]) -> None:
        super().__init__("my-project", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
        self._answer = answer

    def list_tables(self, *_args: Any, **_options: Any) -> Any:
        """Return the answer."""
        if isinstance(self._answer, type):
            raise self._answer("trouble")
        return self._answer


def access(answer: list[Table] | type[Exception]) -> Access:
    """Return the access of a command to a dataset."""
    client = Dataset(answer)
    return Access(client=client, jobs=Jobs(client, clock=FakeClock(), seconds_left=lambda: 60.0))


def named(name: str, kind: str = "TABLE") -> Table:
    """Return a table, or a view, as a list of a dataset has it."""
    return Table.from_api_repr({"tableReference": {"projectId": "p", "datasetId": "d", "tableId": name}, "type": kind})


def test_what_is_stored_is_read_as_it_is() -> None:
    """A table of stored rows, not a view of that name."""
    tables = [named("refreshes"), named("stored_touches"), named("stored_attribution", "VIEW"), named("attribution")]

    assert access(tables).snapshot("marketing_ai_stored").stored == {"touches", *ALWAYS_CURRENT}


@pytest.mark.parametrize("own", ["notes", "refreshes", "stored_touches", "stored_procedures"])
def test_of_a_dataset_that_stores_nothing_all_is_computed(own: str) -> None:
    """Most datasets are such, also with a table of the customer's that has a name as those that store have."""
    found = access([named("campaigns"), named("attribution", "VIEW"), named(own)])

    assert found.snapshot("marketing_ai").stored == frozenset()
    assert isinstance(found.people_tables("marketing_ai"), BigQueryPeopleTables)


def test_whoever_may_only_read_views_reads_those_of_now_as_they_are() -> None:
    """Computed from a dataset with stored rows, they are wrong; anywhere else, they are the same."""
    assert access(api.Forbidden).snapshot("marketing_ai_stored").stored == ALWAYS_CURRENT


def test_nothing_is_written_into_a_dataset_of_stored_views() -> None:
    """It says where to write instead, before anything is read."""
    stored = access([named("refreshes"), named("stored_touches")])

    with pytest.raises(SettingsError, match="marketing_ai_stored has views that are stored"):
        stored.warehouse("marketing_ai_stored")
    with pytest.raises(SettingsError, match="marketing_ai_stored has views that are stored"):
        stored.people_tables("marketing_ai_stored")


@pytest.mark.parametrize("error", [api.Forbidden, api.NotFound, OSError])
def test_a_dataset_that_cannot_be_listed_may_be_written(error: type[Exception]) -> None:
    """Listing takes a right that writing does not; the first statement says what else is wrong, and where."""
    assert isinstance(access(error).people_tables("marketing_ai"), BigQueryPeopleTables)


@pytest.mark.parametrize("error", [api.NotFound, api.ServiceUnavailable, OSError])
def test_a_dataset_that_does_not_answer_is_an_error(error: type[Exception]) -> None:
    """It is not taken for one that stores nothing."""
    with pytest.raises(SendtrailError):
        access(error).snapshot("marketing_ai")
