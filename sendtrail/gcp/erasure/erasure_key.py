"""The key of the erased list in Secret Manager: made once, by the first erasure, and never replaced."""

import secrets

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, SecretPayload

from sendtrail.erasure.erased_people import KEY_BYTES
from sendtrail.errors import SettingsError, Unavailable
from sendtrail.gcp.secret_manager import MISCONFIGURED, REQUEST_S, RETRY, SecretManagerKeys

# The first version for good: rotating the key would make the list forget everybody.
FIRST_VERSION = "versions/1"


def secret_name(project_id: str, installation: str) -> str:
    """Return the name of the secret that Terraform creates, still without a version."""
    return f"projects/{project_id}/secrets/{installation}-erasure-key"


def pseudonym_secret_name(project_id: str, installation: str) -> str:
    """Return the name of the secret that holds the key of the pseudonyms, still without a version."""
    return f"projects/{project_id}/secrets/{installation}-pseudonym-key"


def read_key(client: SecretManagerServiceClient, secret: str) -> str:
    """Return the key; raise SettingsError where it is not there or not ours to read, Unavailable without an answer."""
    return SecretManagerKeys(client)(f"{secret}/{FIRST_VERSION}").get_secret_value()


def read_or_make_key(client: SecretManagerServiceClient, secret: str) -> str:
    """Return the key, made now if there is none yet; raise SettingsError where it may not be made."""
    try:
        versions = list(client.list_secret_versions(parent=secret, retry=RETRY, timeout=REQUEST_S))
        if not versions:
            payload = SecretPayload(data=secrets.token_hex(KEY_BYTES).encode())
            client.add_secret_version(parent=secret, payload=payload, timeout=REQUEST_S)
    except MISCONFIGURED as error:
        raise SettingsError(
            [f"{secret} cannot be used: {error.message} (Terraform creates it, and grants it to its `operators`)"]
        ) from error
    except (api.GoogleAPIError, GoogleAuthError) as error:
        raise Unavailable(f"Secret Manager did not answer: {error}") from error
    return read_key(client, secret)
