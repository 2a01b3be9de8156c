"""API keys in Secret Manager."""

from google.api_core import exceptions as api
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from pydantic import SecretStr

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.gcp.clients import PASSING

REQUEST_S = 10.0
RETRY = Retry(predicate=if_exception_type(*PASSING), initial=0.2, maximum=4.0, timeout=30.0)
# A person has to mend these: the secret's name, or the function's right to read it.
MISCONFIGURED = (api.InvalidArgument, api.NotFound, api.PermissionDenied, api.FailedPrecondition)


class SecretManagerKeys:
    """Reads keys by the names of their secrets."""

    def __init__(self, client: SecretManagerServiceClient) -> None:
        self._client = client

    def __call__(self, reference: str, /) -> SecretStr:
        """Return the key of `projects/<project>/secrets/<secret>[/versions/<version>]`, its latest version by default.

        Raise SettingsError where it is not there, not text, or not ours to read, Unavailable where nobody answers.
        """
        name = reference if "/versions/" in reference else f"{reference}/versions/latest"
        try:
            response = self._client.access_secret_version(name=name, retry=RETRY, timeout=REQUEST_S)
            return SecretStr(response.payload.data.decode("ascii").strip())
        except MISCONFIGURED as error:
            raise SettingsError([f"{name} cannot be read: {error.message}"]) from error
        except UnicodeDecodeError:
            raise SettingsError([f"{name} holds something else than an API key"]) from None
        except (api.GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"Secret Manager did not answer: {error}") from error
