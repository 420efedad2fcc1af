# SPDX-License-Identifier: Apache-2.0
"""The model of the node's parameters, loaded and warm; the log tells what runs it and why."""

from collections.abc import Mapping
from typing import Any

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.predictor import Predictor


def load(values: Mapping[str, Any], logger: Any) -> Predictor:
    """Open and warm up `model` on `backend`; raises ModelError or BackendError.

    What takes longer than a node should take to start goes on in the background and is logged
    when it is done.
    """
    predictor = open_predictor(values['model'], values['backend'], report=logger.info)
    for reason in predictor.why:
        logger.info(f'not used: {reason}')
    try:
        predictor.warm_up()
    except Exception:
        predictor.close()
        raise
    return predictor
