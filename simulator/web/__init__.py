"""The account over HTTP."""
