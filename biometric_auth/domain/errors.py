"""Faults of the authentication server, as RFC 9457 tells them. Outcomes are values, not errors.

`code` and `description` are public; the cause stays in ``__cause__`` and the log.
"""

# ruff: noqa: N818 - the names say what happened; "Error" would add nothing
from __future__ import annotations


class BiometricError(Exception):
    """Base of the faults: a stable code and one neutral sentence."""

    code = "error"
    description = "The request could not be carried out."

    def __init__(self, description: str = "") -> None:
        """Keep the public sentence."""
        self.description = description or self.description
        super().__init__(self.description)


class TransactionNotFound(BiometricError):
    """No such transaction for this browser: one answer whether or not it exists."""

    code = "not_found"
    description = "There is no such transaction in this browser."


class StepOutOfOrder(BiometricError):
    """The step was made already, or an earlier one is missing. R-6.2.5-2."""

    code = "wrong_state"
    description = "This step is not possible now."


class TransactionExpired(StepOutOfOrder):
    """The transaction's time is over."""

    code = "expired"
    description = "The time for this transaction is over."


class MalformedMessage(BiometricError):
    """What arrived is not a message of this protocol."""

    code = "invalid_message"
    description = "The message does not have the form that this step expects."


class ProofRefused(BiometricError):
    """The device did not prove itself: unknown, removed, another's, or a wrong signature."""

    code = "proof_refused"
    description = "The device did not prove itself."


class ConsentNeeded(BiometricError):
    """The person has not agreed yet. R-10-1."""

    code = "consent_needed"
    description = "The consent text has not been accepted."


class ConsentChanged(BiometricError):
    """The text changed since it was shown: ask again. R-10-2."""

    code = "consent_changed"
    description = "The consent text has changed; please read it again."


class BindingNotAllowed(BiometricError):
    """Devices are bound during enrolment only. R-9.3-9."""

    code = "binding_not_allowed"
    description = "A device can only be registered during enrolment."


class SessionTooWeak(BiometricError):
    """Enrolment needs a stronger session. R-9.2-15. `level` is the level that is needed."""

    code = "session_too_weak"
    description = "Please sign in more strongly before enrolling."

    def __init__(self, level: int) -> None:
        """Keep the level that the policy asks for."""
        self.level = level
        super().__init__()


class SealBroken(BiometricError):
    """Sealed data does not open under its key and identity: it was changed or swapped. R-9.4-5."""

    code = "seal_broken"
    description = "Sealed data could not be opened."


class KeyRingUnusable(BiometricError):
    """The key ring is missing a key or cannot be read. Fail closed: R-9.1-2."""

    code = "key_ring_unusable"
    description = "The key ring cannot be used."


class PolicyUnusable(BiometricError):
    """The policy in force cannot be trusted. Fail closed: R-9.1-2."""

    code = "policy_unusable"
    description = "Face verification is not available now; please use another way."


class VerificationStopped(PolicyUnusable):
    """An administrator has stopped remote biometrics, or this part of them. R-9.1-6."""

    code = "stopped"


class PolicyRefused(BiometricError):
    """A step of a policy's life that is not allowed; the description says why. R-9.1-5."""

    code = "policy_refused"
