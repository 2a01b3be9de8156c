"""Rows that could not be understood, without names: their keys, ids and times, and pseudonyms for the rest."""

import json
import re
from typing import Any

from sendtrail.erasure.addresses import addresses_in, is_address
from sendtrail.pseudonyms.pseudonyms import Pseudonyms, is_pseudonym

# What the account calls ids, times and counts; every other value may be a name, a telephone number or an address.
_PLAIN_KEYS = frozenset(
    {
        *("id", "subscriberid", "subscriber_id", "subscriber", "contactid", "contact_id", "contact"),
        *("campaignid", "messageid", "listid", "linkid"),
        *("tstamp", "tstamp_iso", "udate", "cdate", "sdate", "times", "a_times", "a_unique", "a_total"),
        *("type", "code", "counted", "deleted", "anonymized", "status"),
    }
)
_IDS = re.compile(r'"(?:subscriberid|subscriber_id|subscriber|contactid|contact_id|contact)"\s*:\s*"?\d+"?')
_CUT_OFF = '"cut_off": "too long to be told apart: only its ids are kept"'


def unreadable_text(raw: str, pseudonyms: Pseudonyms) -> str:
    """Return the text of a row with whatever may name somebody replaced."""
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        return f"{{{', '.join([*_IDS.findall(raw), _CUT_OFF])}}}"
    return json.dumps(_without_names(row, "", pseudonyms), ensure_ascii=False)


def _without_names(value: Any, key: str, pseudonyms: Pseudonyms) -> Any:
    if isinstance(value, dict):
        return {pseudonyms.text(str(name)): _without_names(each, str(name), pseudonyms) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_names(each, key, pseudonyms) for each in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    if key.lower() in _PLAIN_KEYS:
        return pseudonyms.text(text) if isinstance(value, str) else value
    return _pseudonym(text, key, pseudonyms)


def _pseudonym(text: str, key: str, pseudonyms: Pseudonyms) -> str:
    """Return what stands for a text, with the pseudonyms of its addresses: by these, it is found and erased."""
    if all(map(is_pseudonym, text.split())):
        return text
    if is_address(text):
        return pseudonyms.address(text)
    named = sorted(pseudonyms.address(each) for each in set(addresses_in(text)))
    return " ".join([pseudonyms.value("unreadable", key, text), *named])
