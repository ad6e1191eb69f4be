"""The phrases that generated messages and notes are made of, written for this project."""
