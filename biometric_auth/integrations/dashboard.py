"""Panels of the authentication server on the administrator's first page. R-9.2-19; ADR 26.

Causes of refusals are counted for those alone who have a permission of its own: not for those who
talk with the people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from biometric_auth.services import enrolment_policy, health, running_rates
from biometric_auth.services.running_rates import ATTACK, COMPARISON, INJECTED
from idp.contract import Chart, Fact, Facts, Panel, Series, Tone

DAYS, WEEKS = 28, 12
KEPT = 7
"""Days that transactions are kept."""
NOTICE = timedelta(days=30)
"""How long before its end an evaluation is due again; after it, a match counts for less."""
_DEVICES = {"webauthn": "device key in an authenticator", "jws": "device key in a browser"}
_OUTCOMES: tuple[tuple[str, Tone], ...] = (
    ("authenticated", "good"),
    ("denied", "plain"),
    ("expired", "faint"),
    ("refused", "bad"),
)
_CAUSES: tuple[tuple[str, str, Tone], ...] = (
    (ATTACK, "presentation attack (PAD)", "bad"),
    (INJECTED, "injection (IAD)", "watch"),
    (COMPARISON, "comparison", "plain"),
)


def panels(may: Callable[[str], bool], now: datetime) -> Sequence[Panel]:
    """Implements `idp.contract.DashboardPanels`."""
    shown = (
        ("view_biometricreference", _health),
        ("view_biometricreference", _enrolments),
        ("view_transaction", _step_ups),
        ("watch_verificationrecord", _refusals),
        ("view_verificationrecord", _false_rejections),
    )
    return [panel(now) for permission, panel in shown if may(f"biometric_auth.{permission}")]


def _health(now: datetime) -> Facts:
    backlog, stops = health.erasures(), health.stops()
    late = backlog.is_late(now)
    slow = backlog.is_late(now, after=timedelta(hours=2))
    return Facts(
        "Remote biometrics",
        (
            Fact("Stopped", "; ".join(stops) or "nothing", "watch" if stops else "good"),
            _policy(),
            *_engine(now),
            _epoch(),
            Fact(
                "References to erase",
                f"{backlog.count}, the oldest since {backlog.since:%d %b %H:%M}"
                if backlog.since
                else "none",
                "bad" if late else "watch" if slow else "good",
            ),
        ),
    )


def _policy() -> Fact:
    policy = enrolment_policy.usable()
    if policy is None:
        return Fact("Enrolment policy", "none that holds: the face is not offered", "bad")
    return Fact("Enrolment policy", f"version {policy.version}", "good")


def _engine(now: datetime) -> tuple[Fact, ...]:
    engine = health.engine()
    if engine is None:
        return (Fact("Engine", "cannot be loaded: the face is not offered", "bad"),)
    point = health.operating_point(engine)
    left = point.valid_until - now.date()
    return (
        Fact("Engine", engine.name, "good"),
        Fact(
            "Operating point",
            f"FMR {point.fmr_upper_bound:.1e}, FNMR {point.fnmr_upper_bound:.1e} (95 % bounds)",
        ),
        Fact("Evaluated", f"{point.date:%d %b %Y}, {point.data_set}"),
        Fact("Evaluation valid until", f"{point.valid_until:%d %b %Y}", _tone(left)),
    )


def _tone(left: timedelta) -> Tone:
    if left < timedelta(0):
        return "bad"
    return "watch" if left < NOTICE else "good"


def _epoch() -> Fact:
    epoch = health.key_epoch()
    if epoch is None:
        return Fact("Key ring", "cannot be used", "bad")
    return Fact("Key ring", f"epoch {epoch}", "good")


def _enrolments(now: datetime) -> Chart:
    days = running_rates.days_until(now.date(), DAYS)
    values = running_rates.enrolments(days)
    return Chart("Enrolments by day", _labels(days), (Series("enrolled", values),))


def _step_ups(now: datetime) -> Chart:
    days = running_rates.days_until(now.date(), KEPT)
    counts = running_rates.step_ups(days, now=now)
    return Chart(
        "Step-ups by outcome and day",
        _labels(days),
        tuple(Series(name, counts[name], tone) for name, tone in _OUTCOMES),
        note="Denied: the person said that it was not them. Transactions are kept for a week.",
    )


def _refusals(now: datetime) -> Chart:
    days = running_rates.days_until(now.date() - timedelta(days=1), DAYS)
    found = running_rates.refusals(days)
    told = tuple(
        Series(title, tuple(causes.get(cause) if total else 0 for total, causes in found), tone)
        for cause, title, tone in _CAUSES
    )
    rest = tuple(
        total - sum(causes.get(cause, 0) for cause, _, _ in _CAUSES) for total, causes in found
    )
    return Chart(
        "Refused captures by cause and day",
        _labels(days),
        (*told, Series("other, or not told apart", rest, "faint")),
        note="Days that are over. A cause is counted apart from five people on, and where at "
        "least five were refused for others.",
    )


def _false_rejections(now: datetime) -> Chart:
    weeks = running_rates.weeks_before(now.date(), WEEKS)
    return Chart(
        "False rejections by week, engine and kind of device",
        tuple(f"{week:%d %b}" for week in weeks),
        tuple(
            Series(
                f"{one.engine}, {_DEVICES.get(one.device_kind, 'no device')}",
                tuple(None if rate is None else 100 * rate for rate in one.rates),
            )
            for one in running_rates.false_rejections(weeks)
        ),
        shape="lines",
        unit="%",
        note="An upper bound of the FNMR in operation, not a measurement: refused captures as a "
        "share of all, in authentications that the person passed in the end. Refusals for other "
        "causes are in it, people who gave up are not. From five people a week on.",
    )


def _labels(days: Sequence[date]) -> tuple[str, ...]:
    return tuple(f"{day:%d %b}" for day in days)
