# SPDX-License-Identifier: Apache-2.0
"""Everything that the node publishes about a recording: a bag, and a picture of each output."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nermo_ros.cli.figure_outputs import Scenes, draw_outputs
from nermo_ros.cli.node_process import NodeProcess
from nermo_ros.cli.over_dds import player_and_recorder, wait_until_active
from nermo_ros.cli.recorder import Recorder
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings.camera import Frame
from nermo_ros.recordings.recording import Recording

ALWAYS = ('predicted_skeletons', 'repaired_skeletons')  # every picture has people in it
REST = 0.5  # s without a message: the last one has come
TOPIC = 'skeletons'


def replay_outputs(
    frames: Iterable[Frame], recording: Recording, asked: str, out: Path, model: str
) -> str:
    """Plays the frames to a node of its own process, with outputs switched on.

    asked: names with commas, or 'all': those whose messages are installed; writes bag, node.log
    and NAME.png of each into the folder; returns what there is, line by line. Raises ValueError
    for a name that is none or whose messages are not installed, NodeError where the node ends.
    """
    chosen, absent = _choose(asked)
    sketched = [name for name in absent if name == 'planning_scene']
    switches = {kind.switch: _on(kind.switch) for kind in chosen if kind.switch}
    topics = {kind.topic: kind.message for kind in chosen}
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    out.mkdir(parents=True, exist_ok=True)
    # The node ends first: what it takes back then is heard too.
    with player_and_recorder(frames, recording.people, topics) as (player, recorder):
        log = out / 'node.log'
        with NodeProcess(model_folder(model), 'auto', TOPIC, log, switches) as node:
            wait_until_active(node, player, recorder)
            player.play()
            time.sleep(REST)
            node.check()
        _until_quiet(recorder)
    recorder.save(out / 'bag')
    names = [kind.topic for kind in chosen]
    drawn = draw_outputs(out, Scenes(recorder, names), [*names, *sketched], recording)
    counts = Counter(heard.topic for heard in recorder.heard)
    lines = [f'{name}: {counts[name]} messages, {drawn[name]}' for name in names]
    for name, package in absent.items():
        shows = f'; {drawn[name]} shows what it would be' if name in drawn else ''
        lines.append(f'{name}: not sent, {package} is not installed{shows}')
    return '\n'.join([*lines, f'{out}: bag, node.log'])


def _until_quiet(recorder: Recorder) -> None:
    heard = -1
    while len(recorder.heard) > heard:
        heard = len(recorder.heard)
        time.sleep(REST)


def _on(switch: str) -> str | bool:
    return 'swept' if switch.endswith('.mode') else True


def _choose(asked: str) -> tuple[list, dict[str, str]]:
    """Output classes, and the missing package of each that is left out."""
    from nermo_ros.ros.outputs import OUTPUTS

    known = {kind.topic: kind for kind in OUTPUTS}
    names = list(known) if asked == 'all' else [name.strip() for name in asked.split(',')]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f'no output {", ".join(unknown)}: give all, or some of {", ".join(known)}'
        )
    chosen, absent = [], {}
    for name, kind in known.items():
        if name not in (*names, *ALWAYS):
            continue
        try:
            kind.message_type()
            chosen.append(kind)
        except ValueError:
            if asked != 'all':
                raise
            absent[name] = kind.message.split('/')[0]
    return chosen, absent
