"""The function that brings one campaign's activities into the warehouse."""
