# SPDX-License-Identifier: Apache-2.0
import pytest
import yaml

from nermo_ros.inference.card import (
    ModelCard,
    ModelError,
    record_metrics,
    record_radii,
    write_card,
)

TEXT = {
    'name': 'mine', 'version': '1', 'joints': ['pelvis', 'head'],
    'history': 1.0, 'past': 0.15, 'horizon': 1.0, 'samples': 32,
}  # fmt: skip


def test_radii_and_metrics_go_in_and_nothing_else_changes(tmp_path):
    write_card(tmp_path, TEXT)
    assert ModelCard.read(tmp_path).radii == {}
    radii = {'coverage': 0.95, 'metres': {'fresh': {'head': [0.01, 0.1234]}}}
    record_radii(tmp_path, radii, {'coverage': 0.9})
    record_metrics(tmp_path, {'error_mm': {'80': 12.5}})
    card = ModelCard.read(tmp_path)
    assert card.radii == radii and card.fallback_radii == {'coverage': 0.9}
    assert card.metrics == {'error_mm': {'80': 12.5}}
    text = (tmp_path / 'model.yaml').read_text()
    assert {k: v for k, v in yaml.safe_load(text).items() if k in TEXT} == TEXT
    assert 'head: [0.01, 0.1234]\n' in text


def test_a_card_written_anew_has_no_old_radii(tmp_path):
    write_card(tmp_path, TEXT)
    record_radii(tmp_path, {'coverage': 0.95}, {'coverage': 0.95})
    write_card(tmp_path, TEXT)
    card = ModelCard.read(tmp_path)
    assert card.radii == {} and card.fallback_radii == {}


@pytest.mark.parametrize(('record', 'given'), [(record_radii, ({}, {})), (record_metrics, ({},))])
def test_no_card_to_write_into(record, given, tmp_path):
    with pytest.raises(ModelError, match='no model.yaml'):
        record(tmp_path, *given)
