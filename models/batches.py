"""Texts of unequal length as batches and matrices."""

from collections.abc import Sequence

import torch
from torch import Tensor


def batches_by_length(token_ids: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """Group indices into batches of texts of about the same length, so that little is padded."""
    order = sorted(range(len(token_ids)), key=lambda index: len(token_ids[index]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def batches_by_tokens(token_ids: Sequence[Sequence[int]], tokens: int) -> list[list[int]]:
    """Group indices by length into batches of at most so many tokens with padding; a longer text is alone."""
    batches: list[list[int]] = [[]]
    for index in sorted(range(len(token_ids)), key=lambda index: len(token_ids[index])):
        if batches[-1] and len(token_ids[index]) * (len(batches[-1]) + 1) > tokens:
            batches.append([])
        batches[-1].append(index)
    return batches if token_ids else []


def padded(token_ids: Sequence[Sequence[int]], filler: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Give token ids as a matrix, filled up to the longest text, and the mask that says which of them are real."""
    longest = max(len(ids) for ids in token_ids)
    filled = [[*ids, *[filler] * (longest - len(ids))] for ids in token_ids]
    mask = [[1] * len(ids) + [0] * (longest - len(ids)) for ids in token_ids]
    return torch.tensor(filled, device=device), torch.tensor(mask, device=device)


def mean_rows(rows: Tensor, counts: Sequence[int]) -> Tensor:
    """Average groups of rows that follow each other, as many in each as its count says."""
    groups = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.int64))
    sums = torch.zeros(len(counts), rows.shape[1]).index_add_(0, groups, rows)
    return sums / torch.tensor(counts).unsqueeze(1)
