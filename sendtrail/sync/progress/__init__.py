"""How far the sync of a campaign has come, and what it leaves when it is done."""
