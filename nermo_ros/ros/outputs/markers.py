# SPDX-License-Identifier: Apache-2.0
"""Forecast -> MarkerArray: what was seen, what was filled in and what comes, for RViz.

Namespaces are <person>/observed, <person>/repaired and <person>/forecast; in each, marker 0 is the
bones and marker 1 the joints. <person>/uncertainty is a tube around the way of head and hands,
as wide as the joint's radius: the joint is in it with the model card's probability. The
four colours stay apart for colour-blind eyes (Okabe and Ito).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.observation.observation import JointState
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.ros.outputs.predicted import NANOSECONDS, header
from nermo_ros.ros.outputs.tubes import tubes
from nermo_ros.skeleton.body17 import BONES, INDEX

COLOURS = {
    'observed': (0.0, 0.45, 0.70),  # blue
    'repaired': (0.90, 0.62, 0.0),  # orange
    'forecast': (0.0, 0.62, 0.45),  # bluish green
    'uncertainty': (0.35, 0.70, 0.90),  # sky blue
}
TUBES = [INDEX[name] for name in ('head', 'l_wrist', 'r_wrist')]
TUBE_OPACITY = 0.15
BONE_WIDTH, FORECAST_WIDTH, JOINT_SIZE = 0.03, 0.012, 0.06  # m
FAINTEST, STRONGEST = 0.15, 0.7  # opacity of the forecast at its end and its beginning
BONES_ID, JOINTS_ID = 0, 1
NO_POINTS = np.empty((0, 3))


class Markers(Output):
    """What RViz shows, while it looks."""

    topic = 'markers'
    message = 'visualization_msgs/msg/MarkerArray'

    def __init__(self, node: Any):
        super().__init__(node)
        self._shown: set[str] = set()

    def publish(self, cycle: Cycle) -> None:
        forecast, values = cycle.forecast, cycle.values
        gone, self._shown = self._shown - set(forecast.ids), set(forecast.ids)
        if self.heard:
            steps, life = values['marker_forecast_steps'], values['timeout']
            drawn = message(forecast, cycle.frame, steps=steps, lifetime=life, gone=gone)
            self._publisher.publish(drawn)

    def nobody(self, empty: Nobody) -> None:
        self._publisher.publish(clear(empty.now, empty.frame))
        self._shown = set()


def message(
    forecast: Forecast, frame: str, *, steps: int, lifetime: float, gone: Iterable[str] = ()
) -> MarkerArray:
    """Everybody, the forecast at `steps` of its times, and the people gone deleted.

    lifetime: s after which a marker vanishes by itself.
    """
    head = header(forecast.reference, frame)
    life = Duration()
    life.sec, life.nanosec = divmod(int(lifetime * NANOSECONDS), NANOSECONDS)
    chosen = _spread(len(forecast.times), steps)
    markers = []
    for row, person in enumerate(forecast.ids):
        seen = forecast.states[row] == JointState.OBSERVED
        markers += _now(person, forecast.repaired[row], seen)
        markers.append(_coming(person, forecast.positions[row, chosen]))
        markers.append(_doubt(forecast, row, chosen))
    markers += [_marker(ns, number) for person in gone for ns, number in _all_of(person)]
    for marker in markers:
        marker.header = head
        marker.lifetime = life
    return MarkerArray(markers=markers)


def clear(stamp: int, frame: str) -> MarkerArray:
    """Delete everything; stamp: int ns."""
    return MarkerArray(markers=[Marker(header=header(stamp, frame), action=Marker.DELETEALL)])


def _now(person: str, joints: np.ndarray, seen: np.ndarray) -> list[Marker]:
    both = np.array([seen[list(bone)].all() for bone in BONES])
    bones = joints[np.array(BONES)]
    kinds = {'observed': (both, seen), 'repaired': (~both, ~seen)}
    return [
        marker
        for kind, (of_bones, of_joints) in kinds.items()
        for marker in (
            _lines(f'{person}/{kind}', bones[of_bones], COLOURS[kind], BONE_WIDTH),
            _spheres(f'{person}/{kind}', joints[of_joints], COLOURS[kind]),
        )
    ]


def _coming(person: str, poses: np.ndarray) -> Marker:
    """One list of lines for all poses (S, 17, 3), each vertex with its time's opacity."""
    bones = poses[:, np.array(BONES)]
    marker = _lines(f'{person}/forecast', bones, COLOURS['forecast'], FORECAST_WIDTH)
    for opacity in np.linspace(STRONGEST, FAINTEST, len(poses)):
        marker.colors += [_colour(COLOURS['forecast'], float(opacity))] * (2 * len(BONES))
    return marker


def _doubt(forecast: Forecast, row: int, chosen: np.ndarray) -> Marker:
    radii = forecast.radii
    triangles = NO_POINTS
    if radii is not None and len(chosen):
        ways = forecast.positions[row, chosen][:, TUBES].swapaxes(0, 1)
        triangles = tubes(ways, radii[row, chosen][:, TUBES].T)
    marker = _marker(f'{forecast.ids[row]}/uncertainty', BONES_ID, triangles)
    marker.type = Marker.TRIANGLE_LIST
    marker.scale.x = marker.scale.y = marker.scale.z = 1.0
    marker.color = _colour(COLOURS['uncertainty'], TUBE_OPACITY)
    return marker


def _lines(namespace: str, ends: np.ndarray, colour: tuple, width: float) -> Marker:
    marker = _marker(namespace, BONES_ID, ends)
    marker.type = Marker.LINE_LIST
    marker.scale.x = width
    marker.color = _colour(colour)
    return marker


def _spheres(namespace: str, joints: np.ndarray, colour: tuple) -> Marker:
    marker = _marker(namespace, JOINTS_ID, joints)
    marker.type = Marker.SPHERE_LIST
    marker.scale.x = marker.scale.y = marker.scale.z = JOINT_SIZE
    marker.color = _colour(colour)
    return marker


def _marker(namespace: str, number: int, points: np.ndarray = NO_POINTS) -> Marker:
    """Without points it is a deletion: RViz calls an empty list an error."""
    marker = Marker(ns=namespace, id=number)
    marker.action = Marker.ADD if points.size else Marker.DELETE
    marker.pose.orientation.w = 1.0
    marker.points = [Point(x=x, y=y, z=z) for x, y, z in points.reshape(-1, 3).tolist()]
    return marker


def _all_of(person: str) -> list[tuple[str, int]]:
    seen = [(f'{person}/{kind}', JOINTS_ID) for kind in ('observed', 'repaired')]
    return [*((f'{person}/{kind}', BONES_ID) for kind in COLOURS), *seen]


def _colour(rgb: tuple[float, float, float], opacity: float = 1.0) -> ColorRGBA:
    return ColorRGBA(r=rgb[0], g=rgb[1], b=rgb[2], a=opacity)


def _spread(count: int, steps: int) -> np.ndarray:
    """`steps` indices of `count`, evenly, the last among them."""
    steps = min(steps, count)
    return np.arange(1, steps + 1) * count // max(steps, 1) - 1
