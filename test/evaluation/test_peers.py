# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.peers import CMU, PEERS, peer_rows

# As the authors print their means, or as they follow from what they print of each action.
MEANS = {
    ('PGBIG', 'mean_of_6'): (9.68, 18.10, 34.44, 41.88, 54.37, 76.84),
    ('PGBIG', 'mean_of_5'): (10.69, 19.89, 37.15, 44.79, 57.30, 79.07),
    ('MSR-GCN', 'mean_of_6'): (10.22, 18.16, 33.60, 41.21, 54.60, 77.47),
    ('MSR-GCN', 'mean_of_8'): (8.81, 15.90, 30.43, 37.89, 51.69, 78.67),
    ('GGMotion', 'mean_of_6'): (9.37, 17.57, 33.41, 41.21, 54.70, 79.99),
    ('GGMotion', 'mean_of_5'): (10.30, 19.18, 35.69, 43.64, 57.24, 81.90),
}


@pytest.mark.parametrize(('peer', 'mean'), MEANS)
def test_means_follow_from_the_actions(peer, mean):
    row = peer_rows('cmu', mean)[peer]
    assert list(row.values()) == pytest.approx(MEANS[peer, mean], abs=0.011)


@pytest.mark.parametrize('peer', [p for peers in PEERS.values() for p in peers], ids=str)
def test_figures_are_six_that_grow_and_have_a_source(peer):
    assert peer.source
    for row in peer.figures.values():
        assert len(row) == 6
        known = np.array([value for value in row if value is not None])
        assert (np.diff(known) > 0).all()


def test_who_did_not_publish_an_action_is_left_out():
    assert list(peer_rows('cmu', 'directing_traffic')) == ['MSR-GCN']
    assert 'GGMotion' not in peer_rows('cmu', 'mean_of_8')
    assert set(peer_rows('cmu', 'walking')) == {peer.name for peer in CMU[:3]}
    assert peer_rows('3dpw', 'mean') == {}
    assert peer_rows('h36m', 'mean')['siMLPe']['400'] == 57.3
