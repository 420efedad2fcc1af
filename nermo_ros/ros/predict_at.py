# SPDX-License-Identifier: Apache-2.0
"""The service predict_at: people at any times."""

from typing import Any

import numpy as np

from nermo_ros.ros.outputs import predicted
from nermo_ros.ros.pipeline import Pipeline


def answer(request: Any, response: Any, pipeline: Pipeline | None, now: int) -> Any:
    """Fill in a PredictAt response; pipeline: None while the node is not active; now: int ns."""
    try:
        if pipeline is None:
            raise ValueError('the node is not active: activate it first')
        stamp = request.reference
        reference = stamp.sec * predicted.NANOSECONDS + stamp.nanosec
        times = np.array(request.times_from_reference, np.float32)
        forecast = pipeline.forecast_at(times, reference or None, now)
        unknown = [person for person in request.ids if person not in forecast.ids]
        if unknown:
            raise ValueError(
                f'nobody is called {", ".join(unknown)}; tracked: {", ".join(forecast.ids)}'
            )
        response.prediction = predicted.message(
            forecast,
            pipeline.gate.frame,
            age=(now - forecast.reference) / 1e9,
            only=list(request.ids) or None,
        )
        response.success = True
    except ValueError as error:
        response.success = False
        response.message = str(error)
    return response
