"""Accounts that show their reports otherwise than documented: what tells them, and how they are read all the same."""
