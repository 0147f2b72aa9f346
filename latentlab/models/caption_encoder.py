"""Reads captions: words to one vector, through a small recurrent network that is trained with the generator.

A gated recurrent unit (Cho et al. 2014, arXiv:1406.1078) over word embeddings, as in the char-CNN-RNN that Reed et
al. 2016 (arXiv:1605.05396) condition on, but over words and learned from the data alone. Words that the vocabulary
does not have are passed over, in training as in drawing, so that no vector stands for a word that was never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.errors import CheckpointError
from latentlab.models.caption_words import MAX_LETTERS, words_of
from latentlab.models.steps import check_range

MAX_WORDS = 1 << 15


@dataclass(frozen=True, slots=True)
class CaptionConfig:
    """What a text encoder knows and how large it is."""

    words: tuple[str, ...]
    """The vocabulary, in small letters."""
    examples: tuple[str, ...] = ()
    """A few captions of the training set, to show how it is spoken to."""
    word_dim: int = 64
    """Width of a word's embedding."""
    hidden: int = 128
    """Width of the recurrent state."""
    caption_dim: int = 64
    """Width of what stands for a caption."""
    longest: int = 48
    """Words of a caption that are read; what follows is passed over."""

    def __post_init__(self) -> None:
        check_range("number of words", len(self.words), 1, MAX_WORDS)
        check_range("number of examples", len(self.examples), 0, 64)
        for name in ("word_dim", "hidden", "caption_dim"):
            check_range(name, getattr(self, name), 1, 1 << 13)
        check_range("longest", self.longest, 1, 1 << 10)
        if len(set(self.words)) != len(self.words):
            raise CheckpointError("A word stands twice in the model's vocabulary: the file is damaged.")
        for word in self.words:
            check_range("letters of a word", len(word), 1, MAX_LETTERS)
        for example in self.examples:
            check_range("letters of an example", len(example), 1, 4096)


class CaptionEncoder(nn.Module):
    """Captions to vectors."""

    def __init__(self, config: CaptionConfig) -> None:
        super().__init__()
        self.config = config
        self._index = {word: index for index, word in enumerate(config.words)}
        self.embedding = nn.Parameter(torch.randn(len(config.words), config.word_dim))
        self.cell = nn.GRUCell(config.word_dim, config.hidden)
        self.project = nn.Linear(config.hidden, config.caption_dim)

    def forward(self, captions: Sequence[str]) -> Tensor:
        """Captions to (N, caption_dim). A caption without a known word is the same as none.

        Computed in float32 whatever the rest of a training computes in: a few words cost nothing, and what reads
        the same should draw the same.
        """
        indices, lengths = self.indices(captions)
        with torch.autocast(self.embedding.device.type, enabled=False):
            state = self.embedding.new_zeros(len(captions), self.config.hidden)
            for place in range(indices.shape[1]):
                moved = self.cell(self.embedding[indices[:, place]], state)
                state = torch.where((place < lengths)[:, None], moved, state)
            result: Tensor = self.project(state)
            return result

    def indices(self, captions: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Places of the words in the vocabulary (N, longest of these), 0 behind the end, and their number (N,)."""
        rows = [
            [self._index[word] for word in words_of(caption) if word in self._index][: self.config.longest]
            for caption in captions
        ]
        width = max(map(len, rows), default=0)
        padded = [row + [0] * (width - len(row)) for row in rows]
        device = self.embedding.device
        return (
            torch.tensor(padded, dtype=torch.int64, device=device).reshape(len(rows), width),
            torch.tensor([len(row) for row in rows], dtype=torch.int64, device=device),
        )
