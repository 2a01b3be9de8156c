"""How an account is, for the people who operate it: read from the state alone, without a request."""
