"""README as an index shows it: by itself, where a picture or a link with a path leads nowhere.

hatchling runs this when it builds the package. https://hatch.pypa.io/latest/plugins/metadata-hook/custom/
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https:)[^)]*\)")


def package_page(readme: str) -> str:
    """Return README without pictures of the repository, a link to a file of it being the link's words."""
    return _LINK.sub(r"\1", _PICTURE.sub("", readme))


class PackagePage(MetadataHookInterface):
    """Gives the package its page."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set what `dynamic` in pyproject.toml leaves open."""
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": package_page(readme)}
