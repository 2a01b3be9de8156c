"""How a user knows a setting: by its option, or by its variable where it has none."""

# A secret is no option: the command line is visible to everybody on the machine.
VARIABLES_ONLY = frozenset({"api_key"})
# What Python cannot call a field.
_OTHERWISE = {"shop": "--from", "json_summary": "--json"}


def option_name(field: str) -> str:
    """Return the option of a setting, such as `--api-url`, or its variable where it is not to be given as an option."""
    if field in VARIABLES_ONLY:
        return f"SENDTRAIL_{field.upper()}"
    return _OTHERWISE.get(field, f"--{field.replace('_', '-')}")
