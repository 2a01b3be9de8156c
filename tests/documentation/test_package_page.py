"""What an index shows of the package: README, with nothing that leads nowhere outside the repository."""

import re

from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from deploy.package_page import package_page
from tests.documentation.pages import REPOSITORY, text


def test_the_page_has_neither_pictures_nor_links_of_the_repository() -> None:
    """Every link that is left is a web address."""
    page = package_page(text("README.md"))

    assert "![" not in page
    assert [link for link in re.findall(r"\]\(([^)]*)\)", page) if not link.startswith("https:")] == []


def test_a_link_to_a_file_becomes_its_words() -> None:
    """The sentence stays whole."""
    readme = (
        "![A report](docs/report.png)\n\nSee [docs/views.md](docs/views.md#users) and [dlt](https://example.com).\n"
    )

    assert package_page(readme) == "See docs/views.md and [dlt](https://example.com).\n"


def test_the_build_takes_the_page() -> None:
    """Into the metadata of wheel and source distribution."""
    metadata = ProjectMetadata(str(REPOSITORY), PluginManager())

    assert metadata.core.readme_content_type == "text/markdown"
    assert metadata.core.readme == package_page(text("README.md"))
