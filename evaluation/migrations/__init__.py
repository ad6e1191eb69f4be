"""The schema of the records and its history."""
