"""What a run tells a person, a log or a program: its progress, and how it ended."""
