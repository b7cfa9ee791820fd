"""Measure recognition of the engine in use on ``DIR/<subject>/<image>``. ISO/IEC 19795-1; R-9.2-1.

Every image goes through the product's own pipeline. A reference is the mean of three images;
every choice of three of a subject's images is tried against all images that are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt
from django.core.management.base import BaseCommand, CommandError, CommandParser

from biometric_auth.domain.enrolment import MIN_CAPTURES
from biometric_auth.domain.error_rates import ErrorRate, rate_between, rate_within
from biometric_auth.domain.ports import BiometricEngine, UndecodableSample
from biometric_auth.domain.vocabulary import BiometricSample, Features, Frame, mean_features
from biometric_auth.engines import load_engine
from biometric_auth.policy import get_policy

IMAGES = frozenset({".jpg", ".jpeg", ".png"})
THRESHOLDS = tuple(round(0.36 + step / 100, 2) for step in range(16))
MAX_SIDE = 1280


@dataclass(slots=True)
class Corpus:
    """The features of every subject with enough images, and what could not be acquired."""

    subjects: dict[str, list[Features]] = field(default_factory=dict)
    images: int = 0
    not_acquired: int = 0


class Command(BaseCommand):
    help = "Measure FMR and FNMR of the configured engine on a folder of faces by subject."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: object, **options: Any) -> None:
        policy = get_policy()
        engine = load_engine(policy.engine, policy.model_dir)
        corpus = self._observe(engine, options["folder"])
        if len(corpus.subjects) < 2:  # noqa: PLR2004 - an impostor needs someone else
            message = "Two or more subjects with four or more images each are needed."
            raise CommandError(message)
        figures = _figures(engine, corpus)
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2))
            return
        deployed = figures["at_operating_point"]
        self.stdout.write(f"{figures['engine']} on {figures['subjects']} subjects")
        for name in ("fmr", "fnmr"):
            one = deployed[name]
            share = f"{one['errors']} of {one['comparisons']}"
            bound = f"95 % upper bound {one['upper_bound']:.2e}"
            self.stdout.write(f"  {name.upper()} {one['rate']:.2e} ({share}); {bound}")

    def _observe(self, engine: BiometricEngine, folder: Path) -> Corpus:
        corpus = Corpus()
        subjects = sorted(one for one in folder.iterdir() if one.is_dir())
        for number, subject in enumerate(subjects, start=1):
            if self.stderr.isatty():
                self.stderr.write(f"\r{number}/{len(subjects)}", ending="")
            found = list(_acquired(engine, subject, corpus))
            if len(found) > MIN_CAPTURES:
                corpus.subjects[subject.name] = found
        return corpus


def _acquired(engine: BiometricEngine, subject: Path, corpus: Corpus) -> Iterator[Features]:
    for path in sorted(one for one in subject.iterdir() if one.suffix.lower() in IMAGES):
        corpus.images += 1
        try:
            seen = engine.observe(BiometricSample((Frame(_as_captured(path), 0, 0),)))[0]
        except UndecodableSample:
            corpus.not_acquired += 1
            continue
        if seen.faces:
            yield seen.features
        else:
            corpus.not_acquired += 1


def _as_captured(path: Path) -> bytes:
    """Return the file itself where it could be a capture, otherwise as the agent would send it."""
    image = cast("npt.NDArray[np.uint8] | None", cv2.imread(str(path), cv2.IMREAD_COLOR))
    is_jpeg = path.suffix.lower() != ".png"
    if image is None or (is_jpeg and max(image.shape[:2]) <= MAX_SIDE):
        return path.read_bytes()
    scale = min(MAX_SIDE / max(image.shape[:2]), 1.0)
    sized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", sized, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def _figures(engine: BiometricEngine, corpus: Corpus) -> dict[str, Any]:
    names = list(corpus.subjects)
    owners = np.repeat(np.arange(len(names)), [len(corpus.subjects[name]) for name in names])
    probes = np.asarray([one.vector for name in names for one in corpus.subjects[name]])
    mated, others = _scores(corpus, owners, probes)
    point = engine.operating_point
    table = [_row(threshold, mated, others, owners) for threshold in THRESHOLDS]
    return {
        "engine": engine.name,
        "model_sha256": dict(engine.model_hashes),
        "subjects": len(names),
        "images": corpus.images,
        "failure_to_acquire": corpus.not_acquired,
        "protocol": "mean of every 3 images of a subject, against all images not in it",
        "at_operating_point": _row(point.threshold, mated, others, owners),
        "by_threshold": table,
    }


Scores = npt.NDArray[np.float32]
Owners = npt.NDArray[np.int64]


def _scores(corpus: Corpus, owners: Owners, probes: Scores) -> tuple[list[Scores], list[Scores]]:
    """Return by subject the scores of its references: with its own other images, with others'."""
    mated, others = [], []
    for number, features in enumerate(corpus.subjects.values()):
        own, foreign = [], []
        for chosen in combinations(range(len(features)), MIN_CAPTURES):
            reference = mean_features([features[index] for index in chosen]).vector
            scores = probes @ reference
            own.append(np.delete(scores[owners == number], chosen))
            foreign.append(scores[owners != number])
        mated.append(np.concatenate(own))
        others.append(np.asarray(foreign))
    return mated, others


def _row(
    threshold: float, mated: list[Scores], others: list[Scores], owners: Owners
) -> dict[str, Any]:
    count = len(mated)
    missed = np.asarray([int((scores < threshold).sum()) for scores in mated])
    tried = np.asarray([len(scores) for scores in mated])
    matched, against = np.zeros((2, count, count), dtype=np.int64)
    for number, scores in enumerate(others):
        people = owners[owners != number]
        matched[number] = np.bincount(people, (scores >= threshold).sum(axis=0), count)
        against[number] = np.bincount(people, minlength=count) * len(scores)
    return {
        "threshold": threshold,
        "fmr": _told(rate_between(matched, against)),
        "fnmr": _told(rate_within(missed, tried)),
    }


def _told(rate: ErrorRate) -> dict[str, Any]:
    return {
        "errors": rate.errors,
        "comparisons": rate.trials,
        "rate": rate.rate,
        "binomial_bound": rate.binomial_bound,
        "bootstrap_bound": rate.bootstrap_bound,
        "upper_bound": rate.upper_bound,
    }
