"""The page: a template, a style, a script and the charting library in one file that fetches nothing.

Its content security policy allows only the two scripts in it, by their hash, and no connection to anywhere: nothing in
a campaign's name can run.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sendtrail.report.figures import Figures
from sendtrail.report.payload import ReportContext, payload

PAGE = files("sendtrail.report") / "page"
SCRIPTS = (
    "dom",
    "words",
    "state",
    "csv",
    "answer",
    "charts",
    "earned",
    "campaigns",
    "audience",
    "quiet",
    "campaign_page",
    "trust",
    "main",
)
# Characters that could end the element with the data, or a line of a script.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def page(figures: Figures, context: ReportContext) -> str:
    """Return the report as one HTML file."""
    charts, script = charting_library(), _script()
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("report.html.jinja")).render(
        account=figures.organization_id,
        policy=_policy(charts, script),
        style=Markup(_text("report.css")),  # noqa: S704  (our own file)
        charts=Markup(charts),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=embedded(payload(figures, context)),
    )


def embedded(values: Mapping[str, Any]) -> Markup:
    """Return values as JSON that is safe inside an HTML file, whatever they contain."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704  (HTML gives no meaning to any of its characters)


@cache
def charting_library() -> str:
    """Return plotly's smallest bundle (npm: plotly.js-basic-dist-min), a quarter of the whole library."""
    return _text("plotly-basic.min.js")


def _script() -> str:
    parts = "\n".join(_text(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _policy(*scripts: str) -> str:
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'"


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _text(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")
