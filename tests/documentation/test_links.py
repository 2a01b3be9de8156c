"""Links between the pages lead somewhere, and every file of the project that a page names is there."""

import re
from pathlib import Path

import pytest

from tests.documentation.pages import PAGES, REPOSITORY, text

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
NAMED = re.compile(
    r"`((?:sendtrail|dispatcher|campaign_worker|contacts_worker|sql|terraform|deploy|tests|benchmarks|docs)/[\w/.-]*)`"
)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
LINKS = [(page, file, anchor) for page in PAGES for file, anchor in LINK.findall(text(page))]
FILES = [(page, file) for page in PAGES for file in sorted(set(NAMED.findall(text(page))))]
# What people or tools write there, which is not in the repository.
WRITTEN = {"terraform/backend.tf", "terraform/terraform.tfvars"}


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(re.sub(r"```.*?```", "", text(page), flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("page", "file", "anchor"), LINKS, ids=map(str, range(len(LINKS))))
def test_a_link_leads_to_a_file_and_its_heading(page: str, file: str, anchor: str) -> None:
    """Within the repository."""
    target = (REPOSITORY / page).parent.joinpath(file).resolve() if file else REPOSITORY / page

    assert target.exists(), (page, file)
    assert not anchor or anchor in anchors(target.relative_to(REPOSITORY).as_posix()), (page, anchor)


@pytest.mark.parametrize(("page", "file"), [each for each in FILES if each[1] not in WRITTEN])
def test_a_file_that_a_page_names_is_there(page: str, file: str) -> None:
    """A module may be named without its ending."""
    path = REPOSITORY / file

    assert path.exists() or Path(f"{path}.py").exists(), f"{page} names {file}"
