"""The words that begin a statement, and which of them was meant by one that does not exist."""

import difflib

BLOCKS = ("for", "if", "set", "macro", "call", "filter", "with")
BETWEEN = ("elif", "else")
WITHOUT_MEANING = ("extends", "block", "endblock", "include", "import", "from", "autoescape", "endautoescape")
SCOPES = ("p", "tr", "tc", "r")  # what a statement in Word takes the place of
_ALONE = ("cellbg", "colspan", "vm", "hm")
KEYWORDS = (*BLOCKS, *(f"end{name}" for name in BLOCKS), *BETWEEN, *_ALONE, "raw", "endraw")
_SYNONYMS = {
    "foreach": "for",
    "each": "for",
    "elseif": "elif",
    "elsif": "elif",
    "endforeach": "endfor",
    "next": "endfor",
    "fi": "endif",
    "assign": "set",
    "let": "set",
}


def meant_keyword(keyword: str, *, has_rest: bool) -> str | None:
    """Say which keyword was probably meant."""
    if keyword.lower() in KEYWORDS:
        return keyword.lower()
    if keyword.lower() in _SYNONYMS:
        return _SYNONYMS[keyword.lower()]
    fitting = [known for known in KEYWORDS if (known.startswith("end") or known in ("else", "vm", "hm")) != has_rest]
    close = difflib.get_close_matches(keyword.lower(), fitting, n=1, cutoff=0.6)
    return close[0] if close else None
