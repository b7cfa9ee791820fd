"""Tables of the authentication server, all on the alias ``biometric``. R-6.1-1."""

from biometric_auth.models.biometric_reference import BiometricReference
from biometric_auth.models.biometric_stop import BiometricStop
from biometric_auth.models.consent_receipt import ConsentReceipt
from biometric_auth.models.device import Device
from biometric_auth.models.enrolment_policy import EnrolmentPolicy
from biometric_auth.models.enrolment_sample import EnrolmentSample
from biometric_auth.models.retry_limit import RetryLimit
from biometric_auth.models.security_event import EventLink, SecurityEvent
from biometric_auth.models.subject_key import SubjectKey
from biometric_auth.models.transaction import Transaction
from biometric_auth.models.verification_record import VerificationRecord

__all__ = [
    "BiometricReference",
    "BiometricStop",
    "ConsentReceipt",
    "Device",
    "EnrolmentPolicy",
    "EnrolmentSample",
    "EventLink",
    "RetryLimit",
    "SecurityEvent",
    "SubjectKey",
    "Transaction",
    "VerificationRecord",
]
