"""Bring footnotes and endnotes into the order of their references, as loops and conditions have left them.

Word finds a note by its id, LibreOffice gives the first reference the note of the lowest id. A note whose reference
is gone goes too, and one whose reference a loop has repeated is repeated.
"""

import re

KINDS = {"footnotes": "footnote", "endnotes": "endnote"}
_REFERENCES = {kind: re.compile(rf'(<w:{note}Reference\b[^>]*?w:id=")(-?\d+)"') for kind, note in KINDS.items()}
_NOTES = {
    kind: re.compile(rf'<w:{note}\b(?![^>]*? w:type=)[^>]*? w:id="(-?\d+)".*?</w:{note}>', re.DOTALL)
    for kind, note in KINDS.items()
}
_ANY_ID = re.compile(r' w:id="(-?\d+)"')


def ordered_notes(kind: str, text: str, notes: str) -> tuple[str, str] | None:
    """Give a text and its notes in order, or None when they are.

    Args:
        kind: `footnotes` or `endnotes`.
        text: the part with the references.
        notes: the part with the notes.
    """
    known = {match[1]: match for match in _NOTES[kind].finditer(notes)}
    wanted = [match[2] for match in _REFERENCES[kind].finditer(text) if match[2] in known]
    if not known or wanted == sorted(known, key=int) == list(known):
        return None
    first = min(match.start() for match in known.values())
    rest = _NOTES[kind].sub("", notes[first:])
    next_id = max((int(number) for number in _ANY_ID.findall(notes[:first] + rest)), default=0) + 1
    written: list[str] = []

    def reference(match: re.Match[str]) -> str:
        if match[2] not in known:
            return match[0]
        number = next_id + len(written)
        written.append(_ANY_ID.sub(f' w:id="{number}"', known[match[2]][0], count=1))
        return f'{match[1]}{number}"'

    text = _REFERENCES[kind].sub(reference, text)
    return text, "".join((notes[:first], *written, rest))
