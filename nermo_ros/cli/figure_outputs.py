# SPDX-License-Identifier: Apache-2.0
"""A picture of each output: what was heard of it at three moments of a recording."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.demo_run import positions_of, stamp_of
from nermo_ros.cli.figure import FORECAST, REPAIRED, SEEN, TRUTH, View, draw_body
from nermo_ros.cli.recorder import Recorder
from nermo_ros.forecast.forecast import Forecast
from nermo_ros.forecast.scene import Change, Operation, Scene
from nermo_ros.recordings.recording import Recording

MOMENTS = (0.3, 0.5, 0.7)  # shares of the run
CYLINDER = 3  # of shape_msgs/SolidPrimitive
LINE_LIST, SPHERE_LIST, TRIANGLE_LIST = 5, 7, 11  # of visualization_msgs/Marker
BODY = '#56B4E9'  # sky blue


class Scenes:
    """What a listener knew at any time: messages heard up to then, of the planning scene what
    they say. Where nothing can be heard of it, it is what the forecasts would be sent as."""

    def __init__(self, recorder: Recorder, names: list[str]):
        self._heard: dict[str, list[tuple[int, Any]]] = {
            name: [(heard.received, message) for heard, message in recorder.messages(name)]
            for name in names
        }
        if 'planning_scene' in names:
            told = self._heard['planning_scene']
            self._heard['planning_scene'] = [(at, changes_of(message)) for at, message in told]
        else:
            self._heard['planning_scene'] = list(self._would_be())
        forecasts = [at for at, m in self._heard['predicted_skeletons'] if m.people]
        if not forecasts:
            raise ValueError('no forecast was heard: see node.log')
        self.moments = [forecasts[int(share * (len(forecasts) - 1))] for share in MOMENTS]
        self.start = forecasts[0]

    def _would_be(self) -> Iterator[tuple[int, list[Change]]]:
        from nermo_ros.ros.outputs.planning_scene import shapes_of
        from nermo_ros.ros.parameters import TABLE

        values = {row.name: row.default for row in TABLE} | {'planning_scene.mode': 'swept'}
        scene = Scene(balls=False)
        repaired = {stamp_of(m.header): m for _, m in self._heard['repaired_skeletons']}
        for at, message in self._heard['predicted_skeletons']:
            now = repaired.get(stamp_of(message.header))
            if now is not None and message.people:
                forecast = forecast_of(message, now)
                yield at, scene.update(forecast.ids, shapes_of(forecast, 0.0, values))

    def until(self, name: str, at: int) -> list[Any]:
        """Messages of an output that were heard by then; at: ns."""
        return [message for received, message in self._heard[name] if received <= at]

    def last(self, name: str, at: int) -> Any:
        """The newest of them, None where there is none."""
        return next(reversed(self.until(name, at)), None)


def forecast_of(message: Any, repaired: Any) -> Forecast:
    """A PredictedSkeletonArray and the SkeletonArray of its stamp, put together again."""
    paths, poses = positions_of(message), positions_of(repaired)
    people = [person for person in message.people if person.id in poses]
    ids = tuple(person.id for person in people)
    reference = stamp_of(message.header)
    ages = np.array([person.observation_age for person in people])
    fractions = [person.observed_fraction for person in people]
    radii = np.array([person.radii for person in people], np.float32)
    return Forecast(
        ids=ids,
        stamps=np.round(reference - 1e9 * ages).astype(np.int64),
        reference=reference,
        times=np.array(message.times_from_start, np.float32),
        positions=np.stack([paths[person] for person in ids]),
        repaired=np.stack([poses[person][0] for person in ids]),
        states=np.array([p.states for p in repaired.people if p.id in ids], np.uint8),
        observed_fraction=np.array(fractions, np.float32),
        ages=ages,
        status=np.array([person.status for person in people], np.uint8),
        model=message.model,
        radii=radii.reshape(len(ids), -1, len(message.joint_names)) if radii.size else None,
    )


def draw_outputs(
    out: Path, scenes: Scenes, names: list[str], recording: Recording
) -> dict[str, Path]:
    """Writes <name>.png of each output; returns where."""
    view = View(recording)
    return {name: _picture(out / f'{name}.png', name, scenes, view) for name in names}


def _picture(path: Path, name: str, scenes: Scenes, view: View) -> Path:
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(MOMENTS), figsize=(15, 5.5), dpi=100, sharex=True, sharey=True, layout='constrained'
    )
    figure.suptitle(f'{name}: {CAPTIONS[name]}', fontsize=13)
    for axis, at in zip(axes, scenes.moments, strict=True):
        axis.set_aspect('equal')
        axis.set_axis_off()
        axis.set_title(f't = {(at - scenes.start) / 1e9:.1f} s', fontsize=11)
        for body in positions_of(scenes.last('repaired_skeletons', at)).values():
            draw_body(axis, view(body[0]), SEEN, width=1.5, order=5)
        DRAW[name](axis, view, scenes, at)
        axis.autoscale_view()
    figure.savefig(path)
    pyplot.close(figure)
    return path


def _predicted(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    message = scenes.last('predicted_skeletons', at)
    for path in positions_of(message).values():
        for step in np.linspace(0, len(path) - 1, 5).astype(int)[::-1]:
            fade = 1 - 0.8 * step / len(path)
            draw_body(axis, view(path[step]), FORECAST, width=2, order=3, alpha=fade)


def _repaired(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    for person in scenes.last('repaired_skeletons', at).people:
        joints = view(np.array(person.positions).reshape(-1, 3))
        filled = np.array(person.states) < 2
        axis.plot(*joints[~filled].T, 'o', color=SEEN, ms=5, zorder=8)
        axis.plot(*joints[filled].T, 'o', mfc='white', mec=REPAIRED, mew=2, ms=7, zorder=9)


def _markers(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    from matplotlib.collections import LineCollection, PolyCollection

    drawn = [m for m in scenes.last('markers', at).markers if m.points]
    for marker in drawn:
        points = view(_points(marker.points))
        base = (marker.color.r, marker.color.g, marker.color.b, marker.color.a)
        colours = [(c.r, c.g, c.b, c.a) for c in marker.colors]
        if marker.type == LINE_LIST:
            shown = colours[::2] or base
            axis.add_collection(LineCollection(points.reshape(-1, 2, 2), colors=shown, lw=2))
        elif marker.type == TRIANGLE_LIST:
            look = {'facecolors': [base], 'alpha': 0.06}
            axis.add_collection(PolyCollection(points.reshape(-1, 3, 2), **look))
        elif marker.type == SPHERE_LIST:
            axis.plot(*points.T, 'o', color=base, ms=6)


def _planning_scene(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    from matplotlib.patches import Circle, Polygon

    for added, poses in objects(scenes.until('planning_scene', at)).values():
        turned = _z_axes(poses.quaternions)
        for row, (height, radius) in enumerate(zip(added.heights, added.radii, strict=True)):
            middle = poses.positions[row]
            if not height:
                axis.add_patch(Circle(view(middle), radius, color=BODY, alpha=0.05, lw=0))
                continue
            ends = view(middle + np.array([[-0.5], [0.5]]) * height * turned[row])
            along = ends[1] - ends[0]
            length = max(float(np.linalg.norm(along)), 1e-9)
            side = radius * np.array([-along[1], along[0]]) / length
            corners = [ends[0] - side, ends[1] - side, ends[1] + side, ends[0] + side]
            axis.add_patch(Polygon(corners, color=BODY, alpha=0.05, lw=0))


def objects(told: list[list[Change]]) -> dict[str, tuple[Change, Change]]:
    """What gave everybody shapes last, and poses."""
    there: dict[str, tuple[Change, Change]] = {}
    for change in (change for changes in told for change in changes):
        if change.operation is Operation.REMOVE:
            there.pop(change.person, None)
        elif change.operation is Operation.ADD:
            there[change.person] = change, change
        elif change.person in there:
            there[change.person] = there[change.person][0], change
    return there


def changes_of(message: Any) -> list[Change]:
    """What a PlanningScene diff says."""
    return [
        Change(
            item.id,
            # A field of type byte is bytes in Python.
            Operation(item.operation[0] if isinstance(item.operation, bytes) else item.operation),
            np.array([p.dimensions[0] if p.type == CYLINDER else 0 for p in item.primitives]),
            np.array([p.dimensions[-1] for p in item.primitives]),
            _points([pose.position for pose in item.primitive_poses]),
            np.array([[q.x, q.y, q.z, q.w] for q in _turns(item)]).reshape(-1, 4),
        )
        for item in message.world.collision_objects
    ]


def _turns(item: Any) -> list[Any]:
    return [pose.orientation for pose in item.primitive_poses]


def _z_axes(quaternions: np.ndarray) -> np.ndarray:
    """Where +Z goes, (N, 3)."""
    x, y, z, w = quaternions.T
    return np.stack([2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x**2 + y**2)], 1)


def _body_points(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    message = scenes.last('points', at)
    points = view(_points([pose.position for pose in message.poses]))
    axis.plot(*points.T, 'o', color=FORECAST, ms=3.5, zorder=8)


def _trajectories(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    newest = {m.joint_names[0]: m for m in scenes.until('trajectories', at)}
    for message in newest.values():
        ways = np.stack(
            [_points([t.translation for t in point.transforms]) for point in message.points], 1
        )
        for way in view(ways):
            axis.plot(*way.T, color=FORECAST, lw=1.5, zorder=8)
            axis.plot(*way[-1], 'o', color=FORECAST, ms=3, zorder=8)


def _people(axis: Any, view: View, scenes: Scenes, at: int) -> None:
    for person in scenes.last('people', at).people:
        start, speed = _points([person.position, person.velocity])
        way = view(np.stack([start, start + speed]))
        axis.plot(*way.T, color=REPAIRED, lw=3, zorder=8)
        axis.plot(*way[0], 'o', color=REPAIRED, ms=9, zorder=8)
        axis.annotate(f'  {person.name}', way[0], color=TRUTH, va='top')


def _points(points: list[Any]) -> np.ndarray:
    return np.array([[p.x, p.y, p.z] for p in points], np.float64).reshape(-1, 3)


DRAW: dict[str, Callable[[Any, View, Scenes, int], None]] = {
    'predicted_skeletons': _predicted,
    'repaired_skeletons': _repaired,
    'markers': _markers,
    'planning_scene': _planning_scene,
    'points': _body_points,
    'trajectories': _trajectories,
    'people': _people,
}
CAPTIONS = {
    'predicted_skeletons': 'the next second, fading',
    'repaired_skeletons': 'seen joints, and those filled in (open)',
    'markers': 'as RViz shows them',
    'planning_scene': 'collision objects for MoveIt, swept over the next second',
    'points': 'for speed-and-separation nodes, people now',
    'trajectories': 'ways of all joints',
    'people': 'where they go in a second at their speed',
}
