"""What a caller may send: sizes and counts from `serving.yaml`, checked before any model or template sees the input."""

from collections.abc import Sequence

from pydantic import Field

from configs.errors import InputError, LimitError
from configs.loader import ClosedModel

MAX_SECONDS = 60
"""The longest deadline that can be set; BentoML's own, which answers in another shape, must be longer."""


class Limits(ClosedModel):
    """The largest request that is answered."""

    body_bytes: int = Field(1_048_576, ge=1, description="A JSON body. 64 texts of 10,000 characters fit.")
    upload_bytes: int = Field(33_554_432, ge=1, description="A file to verify. A report with pictures has 1 to 10 MB.")
    texts: int = Field(64, ge=1, description="Texts in one request.")
    text_characters: int = Field(10_000, ge=1, description="Characters of one text to classify.")
    summary_characters: int = Field(100_000, ge=1, description="Characters of one text to summarize.")
    summary_sentences: int = Field(20, ge=1, description="Sentences of one summary.")
    waiting_texts: int = Field(1024, ge=1, description="Texts that may wait for one model; then 429.")
    renders: int = Field(2, ge=1, description="Documents written at the same time.")
    waiting_renders: int = Field(32, ge=1, description="Documents that may wait; then 429.")
    seconds: float = Field(30, gt=0, le=MAX_SECONDS, description="How long one request may take; then 504.")

    def check_texts(self, texts: Sequence[str]) -> None:
        """Refuse no text, too many, an empty one or one that is too long.

        Raises:
            InputError: there is nothing to classify.
            LimitError: more than is allowed.
        """
        if not texts:
            raise InputError("Expected at least one text, but the list is empty.", where="texts")
        if len(texts) > self.texts:
            raise LimitError(
                f"Expected at most {self.texts} texts, but got {len(texts)}.",
                where="texts",
                hint="Send them in several requests.",
            )
        for position, text in enumerate(texts):
            _check_text(text, self.text_characters, where=f"texts[{position}]")

    def only_text(self, texts: Sequence[str]) -> str:
        """Give the one text that may be explained: it costs as many answers as it has words.

        Raises:
            LimitError: there are more.
        """
        if len(texts) > 1:
            raise LimitError(
                f"Expected one text to explain, but got {len(texts)}.", where="texts", hint="Send them one by one."
            )
        return texts[0]

    def check_summary(self, text: str, max_sentences: int | None) -> None:
        """Refuse an empty or too long text, and a summary of too many sentences.

        Raises:
            InputError: there is nothing to summarize.
            LimitError: more than is allowed.
        """
        _check_text(text, self.summary_characters, where="text")
        if max_sentences is not None and not 1 <= max_sentences <= self.summary_sentences:
            raise LimitError(
                f"Expected 1 to {self.summary_sentences} sentences, but got {max_sentences}.", where="max_sentences"
            )


def _check_text(text: str, longest: int, *, where: str) -> None:
    if not text.strip():
        raise InputError("Expected a text, but it is empty.", where=where)
    if len(text) > longest:
        raise LimitError(f"Expected at most {longest:,} characters, but got {len(text):,}.", where=where)
