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
        """Vector of each joint's bone, (..., J, 3); zero where it has no parent."""
        return self.bone @ positions

    def lengths(self, positions: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Mean length (B, J) of each bone over the samples that saw both ends, and 1 if any did.

        positions (B, N, J, 3), mask (B, N, J).
        """
        both = mask * (mask @ self.parent.T)
        count = both.sum(1)
        length = self.bones(positions).square().sum(-1).clamp_min(1e-12).sqrt()
        return (length * both).sum(1) / count.clamp_min(1), (count > 0).to(mask.dtype)

    def keep_lengths(self, path: Tensor, now: Tensor, lengths: Tensor, known: Tensor) -> Tensor:
        """path (B, Q, J, 3) with bones within TOLERANCE of their known lengths (B, J).

        now (B, 1, J, 3) is the same body at the newest time: how far its bones are off already is
        allowed later too, so that nothing jumps.
        """
        bones, off = self.bones(path), self.bones(now)
        usual = lengths.clamp_min(1e-3)[:, None]
        ratio = bones.square().sum(-1).clamp_min(1e-12).sqrt() / usual
        present = off.square().sum(-1).clamp_min(1e-12).sqrt() / usual
        least = present.clamp_max(1.0) - TOLERANCE
        most = present.clamp_min(1.0) + TOLERANCE
        kept = torch.minimum(torch.maximum(ratio, least), most) / ratio.clamp_min(1e-3)
        change = bones * ((kept - 1) * known[:, None])[..., None]
        return path + self.chain @ change
