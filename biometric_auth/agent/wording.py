"""Words of the capture page: what a level means, and what the script says. R-6.2.3-3, R-B-8."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_LEVEL = re.compile(r"loa(?P<level>[1-4])(?P<face>:rb)?$")


def level_words(acr: str) -> str:
    """Return the level that was asked for in plain words; nothing for none."""
    found = _LEVEL.search(acr)
    if found is None:
        return acr
    if found["face"]:
        return _("Level %(level)s, with a face check") % {"level": found["level"]}
    return _("Level %(level)s") % {"level": found["level"]}


def messages() -> dict[str, str]:
    """Return the sentences that the page's script shows and speaks, by key."""
    return {
        "position": _("Look at the camera"),
        "position_hint": _("Place your face in the oval"),
        "turn_left": _("Turn your head left"),
        "turn_right": _("Turn your head right"),
        "turn_centre": _("Look straight ahead"),
        "step_of": _("Step {step} of {total}"),
        "captures": _("Capture {next} of {needed}"),
        "attempts_left": _("Attempts left: {count}"),
        "feedback_covered": _("The camera sees nothing. Is it covered?"),
        "feedback_dark": _("It is too dark. Turn to the light."),
        "feedback_bright": _("It is too bright. Turn away from the light."),
        "feedback_flat": _("The picture is hazy. Clean the camera."),
        "feedback_moving": _("Hold still for a moment."),
        "feedback_blurred": _("The picture is blurred. Hold still."),
        "feedback_good": _("The picture is clear."),
        "feedback_simulated": _("Simulated phone"),
    }
