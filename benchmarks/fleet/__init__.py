"""A fleet of accounts on the deployed code and a virtual clock: what breaks first as accounts become more."""
