# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path

from nermo_ros.forecast.forecast import Status

MESSAGE = Path(__file__).parents[2] / 'msg/PredictedSkeleton.msg'


def test_statuses_are_those_of_the_message():
    constants = re.findall(r'^uint8 ([A-Z_]+)=(\d+)', MESSAGE.read_text(), re.MULTILINE)
    assert {name: int(value) for name, value in constants} == {s.name: s.value for s in Status}
