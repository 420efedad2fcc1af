# SPDX-License-Identifier: Apache-2.0
"""The managed node: wires the pipeline to topics, timers and the lifecycle."""

import gc
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from nermo_ros.srv import PredictAt
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.ros import predict_at
from nermo_ros.ros.diagnostics import Condition, Reporter, Statistics
from nermo_ros.ros.ears import Ears
from nermo_ros.ros.loading import load
from nermo_ros.ros.newest import arrival
from nermo_ros.ros.outputs import close, make_outputs, publish
from nermo_ros.ros.outputs.output import QOS as OUTPUT_QOS
from nermo_ros.ros.outputs.output import Cycle, Nobody
from nermo_ros.ros.parameters import Parameters
from nermo_ros.ros.pipeline import Pipeline

TICK = 0.1  # s, between looks at who is stale or gone
POLL = 0.03  # s, between looks at what waits for tf2 or for another camera
DIAGNOSTICS_PERIOD = 1.0  # s
WARN_AGAIN = 5.0  # s, before the same reason is logged again
SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class PredictNode(LifecycleNode):
    """Skeletons on `input`; forecasts on `predicted_skeletons` and what else of OUTPUTS the
    parameters want; service `predict_at`; `/diagnostics`.

    configure loads and warms up the model, activate subscribes, deactivate stops and takes back
    what was shown, cleanup frees. A transition that cannot be made fails with a logged line that
    says what to do, and can be tried again.
    """

    def __init__(self, **kwargs: Any):
        super().__init__('nermo_predict', **kwargs)
        self._predictor = self._pipeline = self._ears = self._jump = None
        self._timers_active, self._outputs, self._warned, self._shown = [], [], {}, False
        self.parameters = Parameters(self, self.state, self._update)

    def state(self) -> str:
        """Label of the lifecycle state."""
        return self._state_machine.current_state[1]

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._predictor = load(self.parameters, self.get_logger())
            self._statistics = Statistics()
            self._make_pipeline()
            self._outputs = make_outputs(self, self.parameters)
        except Exception as error:  # rclpy would swallow it without a word
            self.get_logger().error(f'cannot configure: {error}')
            self._close()
            return FAILURE
        self._advertise()
        self.get_logger().info(f'{self._model()} on {self._predictor.name} is ready')
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._ears = Ears(self, self.parameters)
            self._pipeline = self._make_pipeline()
            self._ears.open(self._pipeline.intake.inputs, self._on_messages)
        except Exception as error:
            self.get_logger().error(f'cannot activate: {error}')
            if self._ears:
                self._ears.close()
            self._ears = self._pipeline = None
            return FAILURE
        super().on_activate(state)
        # A full collection in the midst of a forecast would be its latency; see _tick.
        gc.collect()
        gc.freeze()
        gc.disable()
        self._answered, self._arrived = 0, None
        rate = self.parameters['rate']
        self._timers_active = [self.create_timer(TICK, self._tick)]
        if rate:
            self._timers_active.append(self.create_timer(1 / rate, self._at_rate))
        backwards = JumpThreshold(
            min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True
        )
        self._jump = self.get_clock().create_jump_callback(backwards, post_callback=self._on_jump)
        if self._pipeline.intake.waits:
            self._timers_active.append(self.create_timer(POLL, self._on_poll))
        return SUCCESS

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._stop()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._close()
        return SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._stop()
        self._close()
        return SUCCESS

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_shutdown(state)

    def _make_pipeline(self) -> Pipeline:
        counts, stages = self._statistics.counts, self._statistics.stages
        tf = self._ears and self._ears.transforms
        return Pipeline(self.parameters, self._predictor, counts, self._warn, stages, tf)

    def _advertise(self) -> None:
        self._service = self.create_service(PredictAt, 'predict_at', self._on_predict_at)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', OUTPUT_QOS)
        self._report = Reporter(self.get_fully_qualified_name(), self.resolve_topic_name('input'))
        # Steady: a paused simulation must not silence it.
        self._report_timer = self.create_timer(
            DIAGNOSTICS_PERIOD, self._diagnose, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def _stop(self) -> None:
        """What activate began; what was shown is taken back."""
        if self._pipeline is None:
            return
        self._ears.close()
        for timer in self._timers_active:
            self.destroy_timer(timer)
        self._jump.unregister()
        gc.enable()
        gc.unfreeze()
        self._publish_nobody(self._now())
        self._pipeline = None

    def _close(self) -> None:
        """What configure began."""
        if self._predictor is None:
            return
        self._predictor.close()
        self._predictor = None
        if getattr(self, '_report_timer', None) is None:
            return
        self.destroy_timer(self._report_timer)
        self.destroy_service(self._service)
        self.destroy_publisher(self._diagnostics)
        close(self._outputs)
        self._outputs = []
        self._report_timer = None

    def _on_messages(self, index: int, taken: list[tuple[Any, dict]]) -> None:
        now, arrived = self._now(), arrival(taken[-1][1])
        self._statistics.stages.lap('waiting', arrived)
        added = sum([self._pipeline.take(message, now, index) for message, _ in taken])
        self._statistics.messages += len(taken)
        if not added:
            return
        self._arrived = arrived
        if not self.parameters['rate']:
            self._statistics.counts['superseded'] += len(taken) - 1
            self._at_rate()

    def _on_poll(self) -> None:
        if self._pipeline.take_waiting(self._now()) and not self.parameters['rate']:
            self._at_rate()

    def _at_rate(self) -> None:
        """Forecast everybody from what is newest."""
        now = self._now()
        self._pipeline.expire(now)
        if not self._pipeline.tracks.newest:
            return
        forecast = self._pipeline.forecast(now)
        arrived, self._arrived = self._arrived, None
        self._publish(forecast, arrived)
        self._answered = now

    def _publish(self, forecast: Forecast, arrived: int | None) -> None:
        began, now = time.perf_counter_ns(), self._now()
        cycle = Cycle(
            forecast=forecast,
            frame=self._pipeline.gate.frame,
            now=now,
            age=(now - forecast.reference) / 1e9,
            ahead=self._pipeline.age(now),
            latency=0.0 if arrived is None else (time.perf_counter_ns() - arrived) / 1e9,
            values=self.parameters,
        )
        out = publish(self._outputs, cycle, self._statistics.stages, began, self._drop)
        self._statistics.forecasts += 1
        if arrived is not None:
            self._statistics.latencies.append((out - arrived) / 1e9)
        self._shown = bool(forecast.ids)

    def _publish_nobody(self, now: int) -> None:
        times = self._pipeline.forecaster.settings.times
        empty = Nobody(now, self._pipeline.gate.frame, self._model(), times)
        for output in self._outputs:
            output.nobody(empty)
        self._answered, self._shown = now, False

    def _tick(self) -> None:
        """Who is gone, the stale while no input comes, and the heartbeat."""
        now = self._now()
        gc.collect(1)
        self._pipeline.expire(now)
        if self._pipeline.tracks.newest:
            silent = self._pipeline.silence(now) > self.parameters['stale_after']
            if silent and not self.parameters['rate']:
                self._at_rate()
        elif self._shown or (now - self._answered) / 1e9 >= self.parameters['heartbeat_period']:
            gc.collect()
            self._publish_nobody(now)

    def _on_jump(self, jump: Any) -> None:
        self.get_logger().warning('the clock went back or was changed: histories are cleared')
        self._pipeline.clear()
        self._ears.clear()
        self._publish_nobody(self._now())
        self._answered, self._arrived = 0, None

    def _on_predict_at(self, request: Any, response: Any) -> Any:
        return predict_at.answer(request, response, self._pipeline, self._now())

    def _diagnose(self) -> None:
        people = len(self._pipeline.tracks.newest) if self._pipeline else 0
        if self._pipeline:
            self._pipeline.intake.tell_silent(self._now())
        condition = Condition(self.state(), people, self._predictor.name, self._model())
        self._diagnostics.publish(self._report(self._statistics, condition, self._now()))

    def _update(self, values: dict[str, Any]) -> None:
        if self._pipeline is not None:
            self._pipeline.update(values)

    def _warn(self, reason: str, text: str) -> None:
        if time.monotonic() - self._warned.get(reason, -WARN_AGAIN) >= WARN_AGAIN:
            self._warned[reason] = time.monotonic()
            self.get_logger().warning(f'{reason}: {text}')

    def _drop(self, reason: str, text: str) -> None:
        self._statistics.counts[reason] += 1
        self._warn(reason, text)

    def _model(self) -> str:
        return f'{self._predictor.card.name} {self._predictor.card.version}'

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds
