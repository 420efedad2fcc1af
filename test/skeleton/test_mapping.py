# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nermo_ros.skeleton import body17
from nermo_ros.skeleton.mapping import direct_indices, find_joint_set, to_body17
from nermo_ros.skeleton.sets import JOINT_SETS

# Where everything is on a person in T-pose: x forward, y left, z up from the pelvis, metres; those
# of the canonical body from the rig of CMU motion capture (0.05644 m a unit). The right side
# mirrors the left. All names of a line mean one point.
LANDMARKS = {
    (0, 0, 0): 'pelvis spine_base waist lower_back none spine_root',
    (-0.01, 0, 0.116): 'spine spine_navel spine_mid spine_1 spine1 torso',
    (-0.01, 0, 0.180): 'spine_2 spine2',
    (-0.01, 0, 0.232): 'chest spine_chest spine_3 spine3 neck_root',
    (-0.01, 0, 0.280): 'spine_shoulder thorax',
    (0, 0, 0.321): 'neck',
    (-0.01, 0, 0.409): 'head neck_nose',
    (0, 0, 0.501): 'head_end',
    (0.10, 0, 0.440): 'nose',
    (0.03, 0, -0.102): 'mid_hip body',
    (0.03, 0.094, -0.102): 'l_hip',
    (0, 0.020, -0.020): 'l_hip_root',
    (0.03, 0.240, -0.505): 'l_knee',
    (0.03, 0.381, -0.891): 'l_ankle',
    (0.00, 0.390, -0.930): 'l_heel',
    (0.16, 0.390, -0.930): 'l_foot l_toe l_toe_base l_big_toe l_foot_index',
    (0.15, 0.430, -0.930): 'l_small_toe',
    (0.22, 0.390, -0.930): 'l_toe_end',
    (-0.01, 0.050, 0.250): 'l_clavicle l_collar',
    (-0.02, 0.200, 0.283): 'l_shoulder',
    (-0.02, 0.475, 0.283): 'l_elbow',
    (-0.02, 0.664, 0.283): 'l_wrist',
    (-0.02, 0.700, 0.283): 'l_hand l_finger_base',
    (-0.02, 0.720, 0.283): 'l_index l_index_knuckle',
    (-0.05, 0.720, 0.283): 'l_pinky l_pinky_knuckle',
    (-0.02, 0.800, 0.283): 'l_handtip l_fingertip l_middle_tip l_index_end l_hand_end',
    (0.03, 0.690, 0.283): 'l_thumb l_thumb_tip l_thumb_end',
    (0.09, 0.030, 0.470): 'l_eye',
    (0.09, 0.020, 0.470): 'l_eye_inner',
    (0.09, 0.040, 0.470): 'l_eye_outer',
    (0.00, 0.070, 0.450): 'l_ear',
    (0.09, 0.025, 0.400): 'l_mouth',
}
T_POSE = {name: point for point, names in LANDMARKS.items() for name in names.split()}
CANONICAL = np.array(
    [T_POSE['l' + name[1:] if name[:2] == 'r_' else name] for name in body17.JOINTS]
) * [[1, -1 if name[:2] == 'r_' else 1, 1] for name in body17.JOINTS]

# Human3.6M calls its topmost point the head, ROS4HRI the point between the shoulders the torso.
T_POSE_OF = {name: {'head': T_POSE['head_end']} for name in ('h36m32', 'h36m17')}
T_POSE_OF['hri15'] = {'torso': (-0.02, 0, 0.283)}

# Metres by which the torso and head of a set may lie elsewhere than those of the CMU rig, whose
# pelvis is 0.1 m above the hips and whose head is the joint at its base.
TOLERANCE = 0.11

all_sets = pytest.mark.parametrize('joint_set', JOINT_SETS.values(), ids=JOINT_SETS)


def draw(joint_set):
    """The T-pose in the joints of a set."""
    points = {**T_POSE, **T_POSE_OF.get(joint_set.name, {})}
    return np.array(
        [
            np.multiply(points['l' + name[1:]], (1, -1, 1)) if name[:2] == 'r_' else points[name]
            for name in joint_set.joints
        ],
        np.float32,
    )


def seen(joint_set, **states):
    """States, all observed but for those given by name."""
    every = np.full(len(joint_set.joints), 2, np.uint8)
    for name, state in states.items():
        every[joint_set.index[name]] = state
    return every


def certain(joint_set):
    return np.ones(len(joint_set.joints), np.float32)


@st.composite
def people(draw_one):
    """Any joint set, with any positions (NaN among them), states and confidences."""
    joint_set = draw_one(st.sampled_from(list(JOINT_SETS.values())))
    joints = len(joint_set.joints)
    coordinates = st.floats(-100, 100, width=32) | st.just(float('nan'))
    return (
        joint_set,
        draw_one(hnp.arrays(np.float32, (joints, 3), elements=coordinates)),
        draw_one(hnp.arrays(np.uint8, joints, elements=st.integers(0, 2))),
        draw_one(hnp.arrays(np.float32, joints, elements=st.floats(0, 1, width=32))),
    )


@all_sets
def test_t_pose_lands_on_the_canonical_t_pose(joint_set):
    positions, states, confidences = to_body17(
        joint_set, draw(joint_set), seen(joint_set), certain(joint_set)
    )
    off = np.linalg.norm(positions - CANONICAL, axis=1)
    limbs = [i for i, name in enumerate(body17.JOINTS) if name[:2] in ('l_', 'r_')]
    assert off[limbs].max() < 1e-6
    assert off.max() < TOLERANCE
    assert (states == 2).all() and (confidences == 1).all()


@all_sets
def test_t_pose_stands_upright(joint_set):
    positions, _, _ = to_body17(joint_set, draw(joint_set), seen(joint_set), certain(joint_set))
    order = ('l_ankle', 'l_knee', 'pelvis', 'spine', 'chest', 'neck', 'head')
    heights = [positions[body17.INDEX[name], 2] for name in order]
    assert (np.diff(heights) >= 0).all()
    assert abs(positions[[body17.INDEX[name] for name in order[2:]], 1]).max() < 1e-6


@all_sets
def test_map_of_the_mirror_is_the_mirror_of_the_map(joint_set):
    rng = np.random.default_rng(7)
    joints = len(joint_set.joints)
    person = (
        rng.normal(size=(joints, 3)).astype(np.float32),
        rng.integers(0, 3, joints).astype(np.uint8),
        rng.random(joints, np.float32),
    )
    source, target = list(joint_set.mirror), list(body17.MIRROR)
    first = to_body17(joint_set, *(each[source] for each in person))
    second = [each[target] for each in to_body17(joint_set, *person)]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@given(people())
def test_direct_joints_pass_through_and_nan_never_does(person):
    joint_set, positions, states, confidences = person
    made, made_states, made_confidences = to_body17(*person)
    assert (made.dtype, made_states.dtype, made_confidences.dtype) == (
        np.float32,
        np.uint8,
        np.float32,
    )
    assert np.isfinite(made).all()
    assert (made[made_states == 0] == 0).all() and (made_confidences[made_states == 0] == 0).all()
    for canonical, source in direct_indices(joint_set).items():
        if states[source] and np.isfinite(positions[source]).all():
            assert made_states[canonical] == states[source]
            assert (made[canonical] == positions[source]).all()
            assert made_confidences[canonical] == confidences[source]
        else:
            assert made_states[canonical] == 0


MADE = [
    (name, canonical, parents)
    for names, canonical, parents in (
        (('coco17', 'zed18', 'hri18', 'mediapipe33'), 'pelvis', ('l_hip', 'r_hip')),
        (('coco17', 'mediapipe33'), 'neck', ('l_shoulder', 'r_shoulder')),
        (('coco17',), 'spine', ('l_hip', 'r_hip', 'l_shoulder', 'r_shoulder')),
        (('coco17',), 'chest', ('l_hip', 'r_hip', 'l_shoulder', 'r_shoulder')),
        (('zed18', 'hri18'), 'spine', ('l_hip', 'r_hip', 'neck')),
        (('body25',), 'chest', ('mid_hip', 'neck')),
        (('nuitrack25', 'maxine34'), 'chest', ('torso', 'neck')),
    )
    for name in names
]


@given(st.sampled_from(MADE), st.data())
def test_made_joints_inherit_the_worst_of_their_parents(made_joint, data):
    name, canonical, parents = made_joint
    joint_set = JOINT_SETS[name]
    states = {parent: data.draw(st.integers(0, 2), parent) for parent in parents}
    scores = {parent: data.draw(st.floats(0, 1, width=32), parent) for parent in parents}
    confidences = certain(joint_set)
    for parent, score in scores.items():
        confidences[joint_set.index[parent]] = score
    positions, made, lowest = to_body17(
        joint_set, draw(joint_set), seen(joint_set, **states), confidences
    )
    index = body17.INDEX[canonical]
    assert made[index] == min(states.values())
    assert lowest[index] == (min(scores.values()) if made[index] else 0)
    assert positions[index].any() == (made[index] > 0)


@pytest.mark.parametrize('name', ['coco17', 'zed18', 'hri18', 'zed38', 'body25', 'mediapipe33'])
def test_head_without_an_ear_is_guessed_from_the_nose(name):
    joint_set = JOINT_SETS[name]
    head = body17.INDEX['head']
    person = draw(joint_set)
    for states, expected, where in (
        (seen(joint_set), 2, [0.0, 0, 0.45]),
        (seen(joint_set, l_ear=0), 1, T_POSE['nose']),
        (seen(joint_set, l_ear=0, nose=1), 1, T_POSE['nose']),
        (seen(joint_set, l_ear=0, nose=0), 0, [0, 0, 0]),
    ):
        positions, made, _ = to_body17(joint_set, person, states, certain(joint_set))
        assert made[head] == expected
        np.testing.assert_allclose(positions[head], where, atol=1e-6)


def test_infinite_position_is_missing():
    joint_set = JOINT_SETS['body17']
    positions = draw(joint_set)
    positions[3, 1] = np.inf
    made, states, _ = to_body17(joint_set, positions, seen(joint_set), certain(joint_set))
    assert states[3] == 0 and (made[3] == 0).all() and states.sum() == 32


@pytest.mark.parametrize('short', [0, 1, 2])
def test_wrong_shapes_are_refused(short):
    joint_set = JOINT_SETS['coco17']
    arguments = [draw(joint_set), seen(joint_set), certain(joint_set)]
    arguments[short] = arguments[short][:-1]
    with pytest.raises(ValueError, match=r'coco17.*\(17, 3\)'):
        to_body17(joint_set, *arguments)


@all_sets
def test_joint_set_is_found_by_its_names(joint_set):
    assert find_joint_set(list(joint_set.joints)) is joint_set


def test_other_order_is_named():
    with pytest.raises(ValueError, match='coco17 in another order.*nose, l_eye'):
        find_joint_set(sorted(JOINT_SETS['coco17'].joints))


@pytest.mark.parametrize('names', [(), ('head',), JOINT_SETS['body25'].joints[:-1]])
def test_unknown_names_list_what_is_known(names):
    with pytest.raises(ValueError, match='body17.*k4abt32'):
        find_joint_set(names)
