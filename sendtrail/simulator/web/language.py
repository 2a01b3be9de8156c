"""What v1 says, in the language of the key's user; v3 says everything in English."""

from dataclasses import dataclass

from sendtrail.simulator.quirks.wire import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The messages of v1 in one language."""

    something: str
    nothing: str
    unknown_action: str
    busy: str
    not_allowed: str


PHRASES: dict[Language, Phrases] = {
    "english": Phrases(
        something="Success: Something is returned",
        nothing="Failed: Nothing is returned",
        unknown_action="Failed: Unknown api_action, or api_output is not json",
        busy="Failed: Database is busy",
        not_allowed="You are not authorized to access this file",
    ),
    "hungarian": Phrases(
        something="Sikeres: Van visszaadott adat",
        nothing="Sikertelen: Nincs visszaadott adat",
        unknown_action="Sikertelen: Ismeretlen api_action, vagy az api_output nem json",
        busy="Sikertelen: Az adatbázis túlterhelt",
        not_allowed="Nincs jogosultsága a fájl megtekintéséhez",
    ),
    "german": Phrases(
        something="Erfolg: Es wurde etwas zurückgegeben",
        nothing="Fehlgeschlagen: Es wurde nichts zurückgegeben",
        unknown_action="Fehlgeschlagen: Unbekannte api_action, oder api_output ist nicht json",
        busy="Fehlgeschlagen: Die Datenbank ist ausgelastet",
        not_allowed="Sie sind nicht berechtigt, auf diese Datei zuzugreifen",
    ),
}
