"""`make test` counts honestly: what was interrupted or died is an error, beside others too."""

from __future__ import annotations

import os

import pytest

from tests.legs import Leg, run
from tests.servers import free_port

PASSES = "def test_it(): pass"
FAILS = "def test_it(): assert False, 'words of ' + 'a failure'"
DIES = "import os\ndef test_it(): os.kill(os.getpid(), 9)"
IS_INTERRUPTED = "def test_one(): pass\ndef test_two(): raise KeyboardInterrupt"
WAITS = """import pathlib, time
def test_it():
    pathlib.Path({mine!r}).touch()
    until = time.monotonic() + 30
    while not pathlib.Path({other!r}).exists():
        assert time.monotonic() < until, "nobody is beside me"
        time.sleep(0.05)
"""


@pytest.fixture
def leg(tmp_path):
    """How to make a leg of one file of tests."""

    def made(name, text):
        file = tmp_path / f"test_{name}.py"
        file.write_text(text)
        alone = ("-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-c", os.devnull)
        return Leg(name, (*alone, f"--rootdir={tmp_path}", str(file)), folder=tmp_path)

    return made


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param(PASSES, {"passed": 1}, id="passes"),
        pytest.param(FAILS, {"failures": 1}, id="fails"),
        pytest.param(DIES, {"errors": 1}, id="dies"),
        pytest.param(IS_INTERRUPTED, {"passed": 1, "errors": 1}, id="is-interrupted"),
        pytest.param("", {"errors": 1}, id="finds-no-tests"),
    ],
)
def test_a_leg_counts_what_happened_in_it(leg, text, numbers):
    one, codes = leg("one", text), {}
    run([[one]], "postgresql:///", codes)
    counted = one.count(codes[one])
    assert {key: value for key, value in counted.items() if value} == numbers


def test_a_leg_that_never_ran_is_an_error(leg):
    assert leg("one", PASSES).count(None) == {"errors": 1}


def test_lanes_run_beside_each_other_and_each_output_is_shown_whole(leg, tmp_path, capsys):
    files = [str(tmp_path / name) for name in ("left", "right")]
    left = leg("left", WAITS.format(mine=files[0], other=files[1]))
    right = leg("right", WAITS.format(mine=files[1], other=files[0]))
    then, codes = leg("then", FAILS), {}
    run([[left], [right, then]], "postgresql:///", codes)
    assert codes == {left: 0, right: 0, then: 1}
    shown = capsys.readouterr().out
    assert shown.count("1 passed") == 2
    _, _, after = shown.partition("==> then has ended")
    assert "words of a failure" in after


def test_ports_of_lanes_differ(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_TEST_LANES", "2")
    taken = []
    for lane in ("0", "1"):
        monkeypatch.setenv("COUNTERSIGN_TEST_LANE", lane)
        taken.append({free_port() for _ in range(20)})
    assert all(len(ports) > 1 for ports in taken)
    assert not taken[0] & taken[1]
