"""Questions to gcloud that change nothing."""

import json
import os
import subprocess
from typing import Any

# It must neither ask back nor switch on an API in order to answer.
ENVIRONMENT = {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1", "CLOUDSDK_CORE_SHOULD_PROMPT_TO_ENABLE_API": "false"}
READS = frozenset({"list", "describe", "get-iam-policy"})
PATIENCE_S = 120


class Unanswered(Exception):
    """A question that gcloud cannot answer, with its reason."""


def ask(*question: str) -> Any:
    """Return the answer of gcloud to a command that only reads; raise Unanswered."""
    if not READS & set(question):
        raise ValueError(f"gcloud {' '.join(question)} may change something")
    try:
        done = subprocess.run(  # noqa: S603 - one of the questions above, without a shell
            ["gcloud", *question, "--format=json"],  # noqa: S607 - whichever gcloud the caller uses
            env={**os.environ, **ENVIRONMENT},  # noqa: TID251 - it is passed on, not read
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_S,
        )
        return json.loads(done.stdout)
    except FileNotFoundError:
        raise Unanswered("there is no gcloud on PATH: https://cloud.google.com/sdk/docs/install") from None
    except subprocess.CalledProcessError as error:
        raise Unanswered(_last_line(error.stderr) or f"gcloud ended with {error.returncode}") from None
    except subprocess.TimeoutExpired:
        raise Unanswered(f"gcloud did not answer within {PATIENCE_S} s") from None
    except json.JSONDecodeError:
        raise Unanswered("gcloud answered something else than JSON") from None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "")
