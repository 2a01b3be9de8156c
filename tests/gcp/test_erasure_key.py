"""The key of the erased list, with Google's client, against a server of the test's own: there is no emulator."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)
from google.cloud.secretmanager_v1.types import (
    AccessSecretVersionRequest,
    AccessSecretVersionResponse,
    AddSecretVersionRequest,
    ListSecretVersionsRequest,
    ListSecretVersionsResponse,
    SecretPayload,
    SecretVersion,
)

from sendtrail.erasure.stored_people import parsed_key
from sendtrail.errors import SettingsError
from sendtrail.gcp.erasure.erasure_key import read_key, read_or_make_key, secret_name
from tests.gcp.grpc_server import Method, serving

SECRET = secret_name("p", "sendtrail")
SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"


@contextmanager
def manager(versions: list[bytes], *, is_forbidden: bool = False) -> Iterator[SecretManagerServiceClient]:
    """Give a client of a Secret Manager whose one secret has these versions; none may be used if forbidden."""

    def guarded(answer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def answered(request: Any, context: Any) -> Any:
            if is_forbidden:
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "not yours")
            return answer(request, context)

        return answered

    def access(request: Any, context: Any) -> Any:
        number = int(request.name.rpartition("/")[2])
        if number > len(versions):
            context.abort(grpc.StatusCode.NOT_FOUND, "no such version")
        return AccessSecretVersionResponse(payload=SecretPayload(data=versions[number - 1]))

    def add(request: Any, _: Any) -> Any:
        versions.append(request.payload.data)
        return SecretVersion(name=f"{SECRET}/versions/{len(versions)}")

    def listed(_request: Any, _: Any) -> Any:
        return ListSecretVersionsResponse(
            versions=[SecretVersion(name=f"{SECRET}/versions/{number + 1}") for number in range(len(versions))]
        )

    methods = [
        Method(service=SERVICE, name=name, read=read.deserialize, write=write.serialize, answer=guarded(answer))
        for name, read, write, answer in (
            ("AccessSecretVersion", AccessSecretVersionRequest, AccessSecretVersionResponse, access),
            ("AddSecretVersion", AddSecretVersionRequest, SecretVersion, add),
            ("ListSecretVersions", ListSecretVersionsRequest, ListSecretVersionsResponse, listed),
        )
    ]
    with serving(*methods) as channel:
        yield SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))


def test_the_first_erasure_makes_the_key() -> None:
    """Once: the next one, and every worker, reads it."""
    versions: list[bytes] = []
    with manager(versions) as client:
        first, again = read_or_make_key(client, SECRET), read_or_make_key(client, SECRET)
        worker = read_key(client, SECRET)

    assert first == again == worker == versions[0].decode()
    assert len(parsed_key(first, what="it")) == 32
    assert len(versions) == 1


def test_the_first_version_stays_the_key() -> None:
    """Whoever adds a version by hand must not have the list forget everybody."""
    with manager([b"ab" * 32, b"cd" * 32]) as client:
        assert read_or_make_key(client, SECRET) == "ab" * 32


def test_whoever_may_not_make_the_key_is_told_who_grants_it() -> None:
    """The sentence names the secret, and the variable of Terraform."""
    with (
        manager([], is_forbidden=True) as client,
        pytest.raises(SettingsError, match=r"sendtrail-erasure-key cannot be used: not yours .*`operators`"),
    ):
        read_or_make_key(client, SECRET)
