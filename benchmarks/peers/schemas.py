"""What Colophon checks the data of the documents against before it renders them, as its users' templates do."""

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_DATE = {"type": "string", "format": "date"}


def _mapping(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(fields), "properties": fields}


def _list(entry: Any) -> dict[str, Any]:
    return {"type": "array", "items": entry}


def _texts(names: str) -> dict[str, Any]:
    return _mapping(**dict.fromkeys(names.split(), _TEXT))


_PARTY = _texts("name contact street city email")
_BAR = _mapping(label=_TEXT, value={"type": "number"}, text=_TEXT, bar=_TEXT)
_SECTION = _mapping(title=_TEXT, paragraphs=_list(_texts("text")), rows=_list(_texts("name first second note")))
_CHAPTER = _mapping(title=_TEXT, figure=_mapping(caption=_TEXT, bars=_list(_BAR)), sections=_list(_SECTION))

SCHEMAS: dict[str, dict[str, Any]] = {
    "invoice": _mapping(
        number={"type": "string", "pattern": "^[0-9]{4}-[0-9]{7,}$"},
        date=_DATE,
        due=_DATE,
        company=_PARTY,
        customer=_PARTY,
        opening=_list(_texts("text")),
        chart=_list(_BAR),
        lines=_list(_texts("position item quantity price amount")),
        totals=_list(_texts("label amount")),
        closing=_TEXT,
    ),
    "report": _mapping(title=_TEXT, date=_DATE, company=_PARTY, chapters=_list(_CHAPTER)),
    "table": _mapping(title=_TEXT, rows=_list(_texts("position item place quantity value"))),
    "letter": _mapping(
        number=_TEXT,
        date=_DATE,
        company=_PARTY,
        customer=_PARTY,
        subject=_TEXT,
        paragraphs=_list(_texts("text")),
        signer=_TEXT,
    ),
}
