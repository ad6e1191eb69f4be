"""Texts as weighted words, runs of words and runs of letters (TF-IDF)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from configs.errors import DatasetError
from configs.loader import ClosedModel


class TfidfConfig(ClosedModel):
    """Which features a text has."""

    longest_ngram: int = Field(2, ge=1, le=5, description="Runs of up to this many words are features.")
    longest_letters: int = Field(
        0, ge=0, le=8, description="Runs of two to this many letters within a word are features too; 0: none are."
    )
    min_documents: int = Field(1, ge=1, description="A feature has to appear in this many texts.")


class TfidfFeatures:
    """Maps texts to rows of weights; words have length 1 together, and so have letters."""

    def __init__(self, config: TfidfConfig) -> None:
        shared: dict[str, Any] = {"min_df": config.min_documents, "sublinear_tf": True, "dtype": np.float32}
        # By the ending of their names in a saved folder.
        self._blocks: dict[str, Any] = {
            "": TfidfVectorizer(
                ngram_range=(1, config.longest_ngram),
                token_pattern=r"(?u)\b\w+\b",  # words of one letter count, too: "I", "a", digits
                **shared,
            )
        }
        if config.longest_letters > 1:
            self._blocks["_letters"] = TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, config.longest_letters), **shared
            )

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learn which features there are and how rare each is; give the rows of `texts`.

        Raises:
            DatasetError: no feature is left.
        """
        try:
            return hstack([block.fit_transform(texts) for block in self._blocks.values()], format="csr")
        except ValueError as error:
            raise DatasetError(f"The texts hold no feature to learn from: {error}.") from None

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Give the rows of `texts`."""
        return hstack([block.transform(texts) for block in self._blocks.values()], format="csr")

    @property
    def width(self) -> int:
        """The number of features."""
        return sum(len(block.vocabulary_) for block in self._blocks.values())

    @property
    def vocabulary(self) -> dict[str, list[str]]:
        """The features of each kind, in the order of their columns."""
        return {
            f"vocabulary{kind}": sorted(block.vocabulary_, key=block.vocabulary_.__getitem__)
            for kind, block in self._blocks.items()
        }

    @property
    def rarity(self) -> dict[str, NDArray[np.float32]]:
        """The inverse document frequency of each feature, by kind."""
        return {f"idf{kind}": block.idf_ for kind, block in self._blocks.items()}

    def restore(self, saved: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]]) -> None:
        """Take over what `vocabulary` and `rarity` gave.

        Raises:
            KeyError: a kind of features is missing.
            ValueError: rarity and vocabulary do not fit each other.
        """
        for kind, block in self._blocks.items():
            block.set_params(vocabulary={term: index for index, term in enumerate(saved[f"vocabulary{kind}"])})
            block.idf_ = arrays[f"idf{kind}"]
