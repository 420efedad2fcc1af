# SPDX-License-Identifier: Apache-2.0
"""docs/results.md and its figures, from the JSON files that the other commands wrote."""

import argparse
import os
import sys
from pathlib import Path

from nermo_ros.evaluation.measured import Measured
from nermo_ros.evaluation.report import FILM, HORIZON_FIGURE, MISSING_FIGURE, document


def main(argv: list[str]) -> int:
    """nermo results FOLDER --out FILE; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo results', description=__doc__)
    parser.add_argument('folder', type=Path, help='of the JSON files; figures go there too')
    parser.add_argument('--out', type=Path, required=True, help='the document')
    parser.add_argument('--model', default='body17', help='in the film strip (body17)')
    args = parser.parse_args(argv)

    from nermo_ros.inference.card import ModelError
    from nermo_ros.inference.predictor import BackendError

    try:
        text = results(args.folder, args.out)
        draw(args.folder, args.model)
        args.out.write_text(text)
    except ImportError as error:
        print(f"nermo results: {error}: pip install 'nermo_ros[demo]'", file=sys.stderr)
        return 1
    except (BackendError, ModelError, OSError, ValueError) as error:
        print(f'nermo results: {error}', file=sys.stderr)
        return 1
    return 0


def results(folder: Path, out: Path) -> str:
    """The document that is to stand at `out`, from the figures in the folder."""
    from nermo_ros.cli.film_strip import CAPTION

    measured = Measured.read(folder)
    return document(measured, Path(os.path.relpath(folder, out.parent)).as_posix(), CAPTION)


def draw(folder: Path, model: str) -> None:
    """Writes the figures into the folder, those for which there are figures to show."""
    from nermo_ros.cli import film_strip, results_figures
    from nermo_ros.inference.backends import open_predictor

    measured = Measured.read(folder)
    if measured.published:
        results_figures.over_horizon(folder / HORIZON_FIGURE, measured)
    if measured.true_time:
        results_figures.over_missing(folder / MISSING_FIGURE, measured)
    predictor = open_predictor(model)
    try:
        film_strip.draw(folder / FILM, predictor)
    finally:
        predictor.close()
