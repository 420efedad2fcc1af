# SPDX-License-Identifier: Apache-2.0
"""Why something that came in was left out."""

from enum import Enum


class Drop(str, Enum):
    """Reasons by name, to count by. All but CLOCK_JUMP cost one observation of one person."""

    BAD_JOINTS = 'bad_joints'  # arrays of another shape than body17's, or positions not finite
    CLOCK_JUMP = 'clock_jump'  # the clock went back: what was known of everybody
    DUPLICATE_STAMP = 'duplicate_stamp'  # the person was already seen at this time
    EMPTY_ID = 'empty_id'  # nobody's
    TOO_OLD = 'too_old'  # from before the person's history
    WRONG_FRAME = 'wrong_frame'  # in another frame than the person's history
