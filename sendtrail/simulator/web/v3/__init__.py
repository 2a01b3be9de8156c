"""`/api/3`: campaigns, contacts, tags, lists and the user."""
