"""How many rows the account gives at most to a request."""

PAGE_SIZE = 20  # of a v1 report, whatever is asked for
LIST_LIMIT = 100  # of a v3 list; asking for more is silently ignored
