"""A made-up shop with a year of e-mails, so that the demo's report has what real accounts have."""
