"""Firestore's API, as far as Sendtrail uses it: read a document, list some, write some if nothing moved meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.api_core.retry import Retry, if_exception_type
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.types import Document, DocumentMask, Precondition, Write

from sendtrail.gcp.clients import PASSING
from sendtrail.gcp.firestore_values import decoded, encoded, utc

REQUEST_S = 10.0
PAGE_SIZE = 300
LISTING = Retry(predicate=if_exception_type(*PASSING), initial=0.1, maximum=4.0, timeout=30.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A document as it was at `read_at`; `fields` and `version` are None where there was none."""

    path: str
    read_at: datetime
    fields: Mapping[str, Any] | None = None
    version: datetime | None = None  # as the API gave it: Firestore compares its nanoseconds

    @property
    def precondition(self) -> Precondition:
        """Return the condition that the document is still as it was."""
        return Precondition(exists=False) if self.version is None else Precondition(update_time=self.version)


class Database:
    """A Firestore database; every request is made once and bounded, and errors are the API's own."""

    def __init__(self, client: FirestoreClient, *, project_id: str, database: str = "(default)") -> None:
        self._client = client
        self._name = f"projects/{project_id}/databases/{database}"
        self._root = f"{self._name}/documents"

    def read(self, path: str) -> Snapshot:
        """Return a document as it is now, which is Firestore's now."""
        request = {"database": self._name, "documents": [f"{self._root}/{path}"]}
        (answer,) = self._client.batch_get_documents(request=request, retry=None, timeout=REQUEST_S)
        read_at = utc(answer.read_time)
        if not answer.found.name:
            return Snapshot(path=path, read_at=read_at)
        return Snapshot(path=path, read_at=read_at, fields=_fields(answer.found), version=answer.found.update_time)

    def children(self, collection: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the id and the fields of each document of a collection."""
        parent, _, collection_id = collection.rpartition("/")
        place = f"{self._root}/{parent}" if parent else self._root
        request = {"parent": place, "collection_id": collection_id, "page_size": PAGE_SIZE}
        for document in self._client.list_documents(request=request, retry=LISTING, timeout=REQUEST_S):
            yield document.name.rpartition("/")[2], _fields(document)

    def commit(self, written: Mapping[str, Mapping[str, Any]], *, read: Sequence[Snapshot]) -> None:
        """Write documents by path, all or none: none unless everything that was read is still as it was."""
        conditions = {snapshot.path: snapshot.precondition for snapshot in read}
        writes = [self._write(path, fields, conditions.get(path)) for path, fields in written.items()]
        checks = [self._check(snapshot) for snapshot in read if snapshot.path not in written]
        self._client.commit(
            request={"database": self._name, "writes": [*writes, *checks]}, retry=None, timeout=REQUEST_S
        )

    def _write(self, path: str, fields: Mapping[str, Any], condition: Precondition | None) -> Write:
        document = Document(
            name=f"{self._root}/{path}", fields={name: encoded(value) for name, value in fields.items()}
        )
        return Write(update=document, current_document=condition)

    def _check(self, snapshot: Snapshot) -> Write:
        """Return a write that changes nothing, and fails where a document has changed since it was read."""
        name = f"{self._root}/{snapshot.path}"
        if snapshot.version is None:
            return Write(delete=name, current_document=snapshot.precondition)
        return Write(update=Document(name=name), update_mask=DocumentMask(), current_document=snapshot.precondition)


def _fields(document: Document) -> dict[str, Any]:
    return {name: decoded(value) for name, value in document.fields.items()}
