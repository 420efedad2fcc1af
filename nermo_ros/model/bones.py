# SPDX-License-Identifier: Apache-2.0
"""Bones keep their lengths."""

import torch
from torch import Tensor, nn

TOLERANCE = 0.02  # share of its length by which a bone may change over a forecast


def _up(parents: tuple[int, ...], joint: int) -> list[int]:
    """The joint, its parent and so on to the one that is its own; raises ValueError."""
    links = [joint]
    while (parent := parents[links[-1]]) != links[-1]:
        if parent in links or not 0 <= parent < len(parents):
            raise ValueError(f'parents {parents} lead from {joint} to no root: a root is its own')
        links.append(parent)
    return links


class Skeleton(nn.Module):
    """Bones of a body, joint by joint from its parent (its own where it has none).

    Raises ValueError for parents without a root.
    """

    def __init__(self, parents: tuple[int, ...]):
        super().__init__()
        chain = torch.zeros(len(parents), len(parents))
        for joint in range(len(parents)):
            for link in _up(parents, joint):
                chain[joint, link] = 1.0
        # (J, J), as products of matrices are faster than taking rows: of the parent, of the bone
        parent = torch.eye(len(parents))[list(parents)]
        self.register_buffer('parent', parent, persistent=False)
        self.register_buffer('bone', torch.eye(len(parents)) - parent, persistent=False)
        self.register_buffer('chain', chain, persistent=False)  # (J, J): bones up to each joint

    def bones(self, positions: Tensor) -> Tensor:
        """Vector of each joint's bone, (..., 3, J, N) of as many poses; zero without a parent."""
        return self.bone @ positions

    def lengths(self, positions: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Mean length (B, 1, J, 1) of each bone over the samples that saw both ends, and 1 if any
        did.

        positions (B, 3, J, N), mask (B, 1, J, N).
        """
        both = mask * (self.parent @ mask)
        count = both.sum(3, keepdim=True)
        length = torch.linalg.vector_norm(self.bones(positions), dim=1, keepdim=True)
        return (length * both).sum(3, keepdim=True) / count.clamp_min(1), count.clamp_max(1)

    def keep_lengths(self, path: Tensor, lengths: Tensor, known: Tensor) -> Tensor:
        """path (B, 3, J, Q), of which the last pose is at the newest time, with bones within
        TOLERANCE of their known lengths (B, 1, J, 1).

        How far bones are off already at the newest time is allowed later too, so that nothing
        jumps.
        """
        bones = self.bones(path)
        length = torch.linalg.vector_norm(bones, dim=1, keepdim=True)
        present = length[..., -1:]
        least = torch.minimum(present, lengths) * (1 - TOLERANCE)
        most = torch.maximum(present, lengths) * (1 + TOLERANCE)
        kept = torch.minimum(torch.maximum(length, least), most)
        change = bones * ((kept / length.clamp_min(1e-3) - 1) * known)
        return path + self.chain @ change
