"""A gRPC wire with trouble on it: calls that fail on their way there, or on their way back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

from sendtrail.gcp.firestore_api import Database


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A call to `method` that fails; `is_done` where the server did what it was asked and only the answer was lost."""

    method: str
    code: grpc.StatusCode
    text: str = "trouble on the wire"
    is_done: bool = False


class WireError(grpc.RpcError):  # type: ignore[misc]
    """A gRPC error as the client sees it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.text)
        self._trouble = trouble

    def code(self) -> grpc.StatusCode:
        """Return the status."""
        return self._trouble.code

    def details(self) -> str:
        """Return the text."""
        return self._trouble.text

    def result(self) -> None:
        """Raise it: an interceptor hands it on as the outcome of the call."""
        raise self

    def trailing_metadata(self) -> tuple[()]:
        """Return nothing."""
        return ()


class TroubledWire(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
    """Passes calls on, except that each trouble befalls one call to its method; `calls` counts all."""

    def __init__(self, *troubles: Trouble) -> None:
        self._troubles = list(troubles)
        self.calls: list[str] = []

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """Pass a call on, or not."""
        return self._call(continuation, details, request)

    def intercept_unary_stream(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """Pass a call on, or not."""
        return self._call(continuation, details, request)

    def _call(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        method = details.method.rpartition("/")[2]
        self.calls.append(method)
        trouble = next((trouble for trouble in self._troubles if trouble.method == method), None)
        if trouble is None:
            return continuation(details, request)
        self._troubles.remove(trouble)
        if trouble.is_done:
            continuation(details, request).result()
        raise WireError(trouble)


@contextmanager
def database_behind(wire: TroubledWire, *, address: str, project_id: str) -> Iterator[Database]:
    """Give a database of Firestore's emulator that is reached over a wire."""
    channel = grpc.intercept_channel(grpc.insecure_channel(address), wire)
    with FirestoreClient(transport=FirestoreGrpcTransport(channel=channel)) as client:
        yield Database(client, project_id=project_id)
