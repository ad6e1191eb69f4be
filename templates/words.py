"""The few words that writers put into documents themselves, in the language of the document."""

import functools
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a document says of its own parts."""

    table: str
    figure: str
    section: str
    date: str


_WORDS = {
    "ar": Words("جدول", "شكل", "القسم", "التاريخ"),
    "cs": Words("Tabulka", "Obrázek", "Oddíl", "Datum"),
    "da": Words("Tabel", "Figur", "Afsnit", "Dato"),
    "de": Words("Tabelle", "Abbildung", "Abschnitt", "Datum"),
    "el": Words("Πίνακας", "Εικόνα", "Ενότητα", "Ημερομηνία"),
    "en": Words("Table", "Figure", "Section", "Date"),
    "es": Words("Tabla", "Figura", "Sección", "Fecha"),
    "fi": Words("Taulukko", "Kuva", "Luku", "Päiväys"),
    "fr": Words("Tableau", "Figure", "Section", "Date"),
    "he": Words("טבלה", "איור", "סעיף", "תאריך"),
    "hu": Words("Táblázat", "Ábra", "Szakasz", "Dátum"),
    "it": Words("Tabella", "Figura", "Sezione", "Data"),
    "ja": Words("表", "図", "節", "日付"),
    "ko": Words("표", "그림", "절", "날짜"),
    "nb": Words("Tabell", "Figur", "Avsnitt", "Dato"),
    "nl": Words("Tabel", "Figuur", "Paragraaf", "Datum"),
    "pl": Words("Tabela", "Rysunek", "Sekcja", "Data"),
    "pt": Words("Tabela", "Figura", "Seção", "Data"),
    "ro": Words("Tabel", "Figura", "Secțiunea", "Data"),
    "ru": Words("Таблица", "Рисунок", "Раздел", "Дата"),
    "sv": Words("Tabell", "Figur", "Avsnitt", "Datum"),
    "tr": Words("Tablo", "Şekil", "Bölüm", "Tarih"),
    "uk": Words("Таблиця", "Рисунок", "Розділ", "Дата"),
    "zh": Words("表", "图", "节", "日期"),
}


@functools.cache
def words_of(language: str) -> Words:
    """Give the words of a language such as `de-AT`; English where it has none."""
    return _WORDS.get({"no": "nb", "nn": "nb"}.get(language[:2], language.partition("-")[0].lower()), _WORDS["en"])
