"""`sendtrail erase`: everything that is stored of a person is deleted, and is never stored again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Annotated

import orjson
import typer

from sendtrail.cli.operate.accounts import chosen_accounts
from sendtrail.cli.operate.erase_place import ErasurePlace, open_place
from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.options.erase_options import EraseOptions
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import Clock, SystemClock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.person import Person, is_known, named_person, whole_person
from sendtrail.erasure.receipt import IN_THE_ACCOUNT, Receipt
from sendtrail.errors import SettingsError

FILE = typer.Option("--file", help="A file with an id or address per line.", metavar="FILE", show_default=False)


_UNKNOWN = (
    "CONTACT: nothing is stored of {names} in {where}: see whether it is typed right; nobody was erased "
    "(--even-unknown puts them on the erased list all the same)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody types about people."""

    named: Sequence[Person]
    words: Sequence[str]
    even_unknown: bool = False
    is_agreed: bool = False
    as_json: bool = False
    has_new_list: bool = False


@expanded
def erase(
    contacts: Annotated[
        list[str] | None, typer.Argument(help="Contacts by id or e-mail address.", metavar="[CONTACT]...")
    ] = None,
    *,
    file: Annotated[Path | None, FILE] = None,
    options: EraseOptions,
) -> None:
    """Erase people: delete all that is stored of them, by all their ids and addresses, and never store it again.

    This cannot be undone. It ends with a receipt, which names nobody, and with what remains elsewhere and for how long.
    Killed in between, it is finished by the next sync, or by the same command.

    Exit code: 0 when they are erased, 1 when the answer is no, 2 when an option or the file is wrong, or nothing is
    stored of somebody (then nothing is done), 75 when another program has the file.
    """
    words = typed_words(contacts or [], file)
    wish = Wish(
        named=[named_person(word) for word in words],
        words=words,
        even_unknown=options.even_unknown,
        is_agreed=options.yes,
        as_json=options.as_json,
        has_new_list=options.new_list,
    )
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    act = readmit_people if options.readmit else erase_people
    act(wish, settings, every=options.every, clock=clock)


def typed_words(contacts: Sequence[str], file: Path | None) -> list[str]:
    """Return the words that name people, without comments and blank lines; raise SettingsError where there are none."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"--file: {file} cannot be read as text: {error}"]) from None
    words = [word.strip() for word in (*contacts, *lines)]
    if found := [word for word in words if word and not word.startswith("#")]:
        return found
    raise SettingsError(["CONTACT: name somebody by id or address, or a file of them with --file"])


def erase_people(wish: Wish, settings: OperatorSettings, *, every: bool, clock: Clock) -> None:
    """Show whom it is about and, unless it is agreed to, ask; then erase them, and print the receipts."""
    say = printer()
    with open_place(settings, clock=clock, has_new_list=wish.has_new_list) as place:
        wish = _as_stored(wish, place)
        organizations = chosen_accounts(place.accounts, asked=settings.organization, every=every, where=place.where)
        before = place.people()
        found = {each: _found(place, each, wish) for each in organizations}
        _refuse_unknown(wish, found, before, place)
        persons = {each: _united(persons) for each, (persons, _) in found.items()}
        if not wish.is_agreed:
            for line in plan_lines(persons):
                say(line)
            typer.confirm("This cannot be undone. Are they to be erased?", abort=True)
        people = before.plus(token for each, person in persons.items() for token in person.tokens(before, each))
        place.store(people, before=before)
        swept = place.sweep(organizations, people)
        receipts = [
            Receipt(
                organization_id=each,
                at=clock.now(),
                named=len(wish.words),
                contact_ids=len(persons[each].contact_ids),
                addresses=len(persons[each].addresses),
                user_ids=len(persons[each].user_ids),
                rows=swept[each].rows,
                state_documents=swept[each].state_documents,
                list_revision=people.revision,
                remains=(*place.remains, IN_THE_ACCOUNT),
                kept_tables=swept[each].kept_tables,
                shared_users=len(persons[each].shared_users),
            )
            for each in organizations
        ]
    _print(receipts, as_json=wish.as_json)


def readmit_people(wish: Wish, settings: OperatorSettings, *, every: bool, clock: Clock) -> None:
    """Take people off the erased list by what was typed; raise SettingsError for one who is not on it."""
    say = printer()
    with open_place(settings, clock=clock) as place:
        wish = _as_stored(wish, place)
        organizations = chosen_accounts(place.accounts, asked=settings.organization, every=every, where=place.where)
        people = before = place.people()
        for word, person in zip(wish.words, wish.named, strict=True):
            tokens = {token for each in organizations for token in person.tokens(people, each)}
            if not tokens & people.tokens:
                raise SettingsError([f"CONTACT: {word} is not on the erased list of {', '.join(organizations)}"])
            people = people.without(tokens)
        place.store(people, before=before)
        place.sweep(organizations, people)
    say(f"Off the erased list: {len(wish.words)}. What is read from now on of what was typed is stored again.")
    say("For what the account has from before: sendtrail reset. To undo it: sendtrail erase, with the same names.")


def plan_lines(persons: Mapping[str, Person]) -> Iterator[str]:
    """Yield whom it is about, by all that they are known by, as whoever confirms has to see it."""
    for organization, person in persons.items():
        yield f"To be erased from {organization}:"
        for what, values in (
            ("contact ids", person.contact_ids),
            ("addresses", person.addresses),
            ("user ids", person.user_ids),
        ):
            if values:
                yield f"  {what}: {', '.join(sorted(values))}"
        if person.shared_users:
            shared = ", ".join(sorted(person.shared_users))
            yield f"  users who are other contacts, too, and are kept: {shared}"


def _as_stored(wish: Wish, place: ErasurePlace) -> Wish:
    """Return the wish with people as the place has them: under pseudonyms, if it has those."""
    pseudonyms = place.pseudonyms
    return wish if pseudonyms is None else replace(wish, named=[pseudonyms.person(each) for each in wish.named])


def _found(place: ErasurePlace, organization: str, wish: Wish) -> tuple[list[Person], list[bool]]:
    """Return the people that were named, with all that they are known by, and whether anything is stored of each."""
    known = place.sightings(organization)
    persons = [whole_person(each, known) for each in wish.named]
    return persons, [is_known(each, known) for each in persons]


def _refuse_unknown(
    wish: Wish, found: Mapping[str, tuple[list[Person], list[bool]]], people: ErasedPeople, place: ErasurePlace
) -> None:
    """Raise SettingsError for people of whom nothing is stored, and who are not erased: the name may be mistyped."""
    if wish.even_unknown:
        return
    unknown = [
        word
        for number, word in enumerate(wish.words)
        if not any(stored[number] for _, stored in found.values())
        and not any(wish.named[number].tokens(people, each) & people.tokens for each in found)
    ]
    if unknown:
        raise SettingsError([_UNKNOWN.format(names=", ".join(unknown), where=place.where)])


def _united(persons: Sequence[Person]) -> Person:
    def both(one: Person, other: Person) -> Person:
        return Person(
            contact_ids=one.contact_ids | other.contact_ids,
            addresses=one.addresses | other.addresses,
            user_ids=one.user_ids | other.user_ids,
            shared_users=one.shared_users | other.shared_users,
        )

    return reduce(both, persons)


def _print(receipts: Sequence[Receipt], *, as_json: bool) -> None:
    if as_json:
        found = [each.as_json() for each in receipts]
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    say = printer()
    for each in receipts:
        for line in each.lines():
            say(line)
