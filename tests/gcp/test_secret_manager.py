"""SecretManagerKeys, with Google's client, against a server of the test's own: there is no emulator."""

from collections.abc import Iterator
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
    SecretPayload,
)

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.gcp.secret_manager import SecretManagerKeys
from tests.gcp.grpc_server import Method, serving

SECRET = "projects/p/secrets/acme-key"


@contextmanager
def keys(secrets: dict[str, bytes], *failures: grpc.StatusCode) -> Iterator[SecretManagerKeys]:
    """Give the keys of a Secret Manager that holds these secrets, and fails first."""
    left = list(failures)

    def answer(request: Any, context: Any) -> Any:
        if left:
            context.abort(left.pop(0), "trouble")
        if request.name not in secrets:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such secret")
        return AccessSecretVersionResponse(payload=SecretPayload(data=secrets[request.name]))

    method = Method(
        service="google.cloud.secretmanager.v1.SecretManagerService",
        name="AccessSecretVersion",
        read=AccessSecretVersionRequest.deserialize,
        write=AccessSecretVersionResponse.serialize,
        answer=answer,
    )
    with serving(method) as channel:
        yield SecretManagerKeys(
            SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
        )


@pytest.mark.parametrize("reference", [SECRET, f"{SECRET}/versions/latest"])
def test_a_secret_is_read_in_its_latest_version(reference: str) -> None:
    """A key that ends with a line break, as echo writes it, is the key without it."""
    with keys({f"{SECRET}/versions/latest": b"k3y\n"}) as read:
        key = read(reference)

    assert key.get_secret_value() == "k3y"
    assert "k3y" not in repr(key)


def test_a_version_can_be_named() -> None:
    """A key stays the one that was tried while the next is prepared."""
    with keys({f"{SECRET}/versions/3": b"old", f"{SECRET}/versions/latest": b"new"}) as read:
        assert read(f"{SECRET}/versions/3").get_secret_value() == "old"


def test_trouble_that_may_pass_is_tried_again() -> None:
    """One 503 does not fail a delivery."""
    with keys({f"{SECRET}/versions/latest": b"k3y"}, grpc.StatusCode.UNAVAILABLE) as read:
        assert read(SECRET).get_secret_value() == "k3y"


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.FAILED_PRECONDITION])
def test_a_secret_that_is_not_ours_to_read_is_a_problem_of_the_settings(code: grpc.StatusCode) -> None:
    """A person has to mend it, and is told which secret it is."""
    with keys({}, code) as read, pytest.raises(SettingsError, match="acme-key/versions/latest cannot be read"):
        read(SECRET)


def test_a_secret_that_does_not_exist_is_a_problem_of_the_settings() -> None:
    """So is a name that is misspelt."""
    with keys({}) as read, pytest.raises(SettingsError, match="no such secret"):
        read(SECRET)


def test_a_secret_that_is_no_text_is_a_problem_of_the_settings() -> None:
    """What it holds is not shown."""
    with keys({f"{SECRET}/versions/latest": b"\xff\xfe"}) as read, pytest.raises(SettingsError, match="something else"):
        read(SECRET)


def test_other_trouble_is_unavailable() -> None:
    """The delivery is tried again."""
    with keys({}, grpc.StatusCode.UNAUTHENTICATED) as read, pytest.raises(Unavailable):
        read(SECRET)
