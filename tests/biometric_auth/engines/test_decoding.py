"""R-9.4-10, T-8.3-14: a frame's size is known and bounded before anything is allocated."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.ports import UndecodableSample
from biometric_auth.engines.decoding import decode, dimensions


def a_jpeg(width=160, height=120, *, options=()):
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", noise, list(options))[1].tobytes()


def with_segment(jpeg, marker, content=b"Exif\x00\x00"):
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + jpeg[2:]


def claiming(jpeg, width, height):
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def test_the_header_tells_the_size():
    assert dimensions(a_jpeg(160, 120)) == (160, 120)


@pytest.mark.parametrize(
    ("size", "decoded", "factor"),
    [((480, 640), (480, 640), 1), ((720, 1280), (360, 640), 2), ((1280, 100), (640, 50), 2)],
)
def test_large_frames_are_decoded_at_half_size(size, decoded, factor):
    pixels, by = decode(a_jpeg(*size))
    assert (pixels.shape[1], pixels.shape[0]) == decoded
    assert by == factor


@pytest.mark.parametrize(
    "jpeg",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8\xff\xd9", id="no-frame"),
        pytest.param(a_jpeg(1281, 200), id="too-wide"),
        pytest.param(a_jpeg(200, 1281), id="too-high"),
        pytest.param(a_jpeg(95, 200), id="too-small"),
        pytest.param(a_jpeg()[:-40], id="cut-off"),
        pytest.param(a_jpeg(options=(cv2.IMWRITE_JPEG_PROGRESSIVE, 1)), id="progressive"),
        pytest.param(with_segment(a_jpeg(), 0xE1), id="with-metadata"),
        pytest.param(cv2.imencode(".png", np.zeros((200, 200, 3)))[1].tobytes(), id="png"),
        pytest.param(b"\xff\xd8" + b"\x00" * 500 + b"\xff\xd9", id="zeros"),
    ],
)
def test_what_is_no_bounded_baseline_jpeg_is_refused(jpeg):
    with pytest.raises(UndecodableSample):
        decode(jpeg)


def test_a_frame_that_claims_to_be_huge_is_never_decoded(monkeypatch):
    def must_not_decode(*_):
        pytest.fail("decoded before the size was checked")

    monkeypatch.setattr(cv2, "imdecode", must_not_decode)
    with pytest.raises(UndecodableSample):
        decode(claiming(a_jpeg(), 65_500, 65_500))


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_or_measured(content):
    jpeg = b"\xff\xd8" + content + b"\xff\xd9"
    try:
        width, height = dimensions(jpeg)
    except UndecodableSample:
        return
    assert 0 <= width <= 65_535
    assert 0 <= height <= 65_535
