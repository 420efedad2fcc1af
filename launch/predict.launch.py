# SPDX-License-Identifier: Apache-2.0
"""The node under the lifecycle, and RViz if wanted: ros2 launch nermo_ros predict.launch.py -s."""

from launch import LaunchContext, LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    OpaqueFunction,
    RegisterEventHandler,
)
from launch.conditions import IfCondition
from launch.events import matches_action
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode, Node
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import ChangeState
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare
from lifecycle_msgs.msg import Transition

SHARE = FindPackageShare('nermo_ros')
SOURCES = [
    '',
    'skeleton_array',
    'kinect_markers',
    'zed_objects',
    'ros4hri',
    'yolo_detections',
    'hiros_skeletons',
    'mocap4r2_markers',
    'pose_array',
]
# Parameters that are arguments too: where an argument is given, it wins over the file.
PARAMETERS = ('source', 'inputs', 'joint_set', 'target_frame', 'model', 'backend')
KIND = {'inputs': list[str]}

# Name, default, what it is, choices.
ARGUMENTS = (
    ('namespace', '', 'of the node and all its topics', None),
    ('source', '', 'kind of message on input_topic; empty: as in params_file', SOURCES),
    ('input_topic', 'skeletons', 'where people come from', None),
    ('inputs', '', 'several cameras: [topic, source:topic, ...]; empty: as in params_file', None),
    ('joint_set', '', 'joints of messages without names; empty: as in params_file', None),
    ('target_frame', '', 'frame of the forecasts, z up; empty: as in params_file', None),
    (
        'params_file',
        PathJoinSubstitution([SHARE, 'config', 'predict.yaml']),
        'all parameters',
        None,
    ),
    ('use_sim_time', 'false', 'time from /clock', ['true', 'false']),
    ('autostart', 'true', 'configure and activate at the start', ['true', 'false']),
    ('log_level', 'info', 'of the node', ['debug', 'info', 'warn', 'error', 'fatal']),
    ('rviz', 'false', 'show people and forecasts in RViz', ['true', 'false']),
    ('model', '', 'shipped name, or folder with a model.yaml; empty: as in params_file', None),
    ('backend', '', 'what runs the model; empty: as in params_file', None),
)


def generate_launch_description() -> LaunchDescription:
    """Arguments, the node, its transitions, RViz."""
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=text, choices=choices)
        for name, default, text, choices in ARGUMENTS
    ]
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', PathJoinSubstitution([SHARE, 'config', 'predict.rviz'])],
        condition=IfCondition(LaunchConfiguration('rviz')),
    )
    return LaunchDescription([*declared, OpaqueFunction(function=_managed_node), rviz])


def _managed_node(context: LaunchContext) -> list:
    """The node and its transitions; needs to know which arguments were given."""
    given = {name: LaunchConfiguration(name).perform(context) for name in PARAMETERS}
    node = LifecycleNode(
        package='nermo_ros',
        executable='predict',
        name='nermo_predict',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[
            LaunchConfiguration('params_file'),
            {
                # As text, whatever it looks like.
                **{
                    k: ParameterValue(v, value_type=KIND.get(k, str))
                    for k, v in given.items()
                    if v
                },
                'use_sim_time': ParameterValue(
                    LaunchConfiguration('use_sim_time'), value_type=bool
                ),
                'autostart': False,  # done below, so that the launch system follows the states
            },
        ],
        remappings=[('input', LaunchConfiguration('input_topic'))],
        ros_arguments=['--log-level', LaunchConfiguration('log_level')],
    )
    autostart = IfCondition(LaunchConfiguration('autostart'))
    # Only from configuring: without the start state an operator's deactivate would be undone.
    activate = OnStateTransition(
        target_lifecycle_node=node,
        start_state='configuring',
        goal_state='inactive',
        entities=[_change(node, Transition.TRANSITION_ACTIVATE)],
    )
    return [
        RegisterEventHandler(activate, condition=autostart),
        node,
        _change(node, Transition.TRANSITION_CONFIGURE, condition=autostart),
    ]


def _change(node: LifecycleNode, transition: int, **kwargs) -> EmitEvent:
    event = ChangeState(lifecycle_node_matcher=matches_action(node), transition_id=transition)
    return EmitEvent(event=event, **kwargs)
