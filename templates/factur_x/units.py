"""The codes that electronic invoices have for units (UN/ECE Recommendation 20), by the words that people print."""

ONE = "C62"

_CODES = {
    "H87": "pcs pc piece pieces stk stück st",
    "SET": "set sets satz",
    "HUR": "h hr hrs hour hours std stunde stunden",
    "MIN": "min minute minutes minuten",
    "DAY": "d day days tag tage",
    "WEE": "week weeks woche wochen",
    "MON": "month months mon monat monate",
    "ANN": "year years jahr jahre",
    "MTR": "m meter metre",
    "KMT": "km",
    "CMT": "cm",
    "MMT": "mm",
    "MTK": "m² m2 qm",
    "MTQ": "m³ m3 cbm",
    "LTR": "l litre liter",
    "GRM": "g",
    "KGM": "kg",
    "TNE": "t",
    "KWH": "kwh",
    "P1": "%",
}
_BY_WORD = {word: code for code, words in _CODES.items() for word in words.split()}


def code_of(word: str) -> str | None:
    """Give the code of a printed unit, or None where there is no telling."""
    return _BY_WORD.get(word.strip().rstrip(".").lower())
