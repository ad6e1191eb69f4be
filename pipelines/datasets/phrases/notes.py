"""What the notes are about: scenes of points that matter and details around them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    """One thing that happened and is written down.

    Attributes:
        name: no two scenes share one.
        points: what matters, as pairs: the sentence of the note, the sentence of a summary.
        details: sentences that belong to it and that a summary leaves out.
    """

    name: str
    points: tuple[tuple[str, str], ...]
    details: tuple[str, ...]


# Sentences of the office that stand in any note, whatever it is about.
ASIDES = (
    "The minutes were taken by {person_3}.",
    "Coffee was served in the small room.",
    "Two colleagues joined by phone.",
    "The list of those present is in the usual folder.",
    "There was some laughter about the new parking rules.",
    "{person_3} wished everybody a good weekend.",
    "The room was rather warm.",
    "The previous minutes were read and accepted.",
    "Thanks went to everybody who helped.",
    "The slides can be found where they always are.",
    "The weather was a topic as well.",
    "Lunch was ordered from the place across the street.",
    "Nobody had anything to add to that.",
    "Other matters were left for another day.",
    "The connection to {city_2} was bad for a while.",
    "{person_3} apologised for being late.",
    "The canteen will be painted in summer.",
    "A reminder about the time sheets was given.",
    "The plants in the hall need water.",
    "We greeted a new colleague in reception.",
    "The next meeting is on {date_3} at {time}.",
    "The file has the number {file_number} and {pages} pages.",
    "{person_3} has been with us for {pages} years, for which there was applause.",
    "Room {file_number} is closed until {month_2}.",
    "The summer party in {city_2} will cost every guest EUR {pages}.",
    "At {time} the phone rang, and we took a break of {pages} minutes.",
)

OPENINGS = (
    "These are the notes of {person_3}, written on {date_3}.",
    "[Short|Brief] note for the file, {date_3}.",
    "Written down by {person_3} for those who could not be there.",
    "This note was written in the office in {city_2}.",
    "As asked, here is what I have from {date_3}.",
    "Dear all, please find the notes below.",
)
