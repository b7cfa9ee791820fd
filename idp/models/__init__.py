"""Tables of the provider. They implement Authlib's mixins: those are the storage ports."""

from idp.models.acr_alias import AcrAlias
from idp.models.assurance_profile import AssuranceProfile
from idp.models.authenticator_model import AuthenticatorModel
from idp.models.authorization_code import AuthorizationCode
from idp.models.client import Client
from idp.models.client_change import ClientChange
from idp.models.consent import Consent
from idp.models.initial_access_token import InitialAccessToken
from idp.models.interaction import Interaction
from idp.models.letter import Letter
from idp.models.logout_notice import LogoutNotice
from idp.models.one_time_code import OneTimeCodeSecret
from idp.models.pairwise_subject import PairwiseSubject
from idp.models.passkey import Passkey
from idp.models.protected_resource import ProtectedResource
from idp.models.recovery import Recovery
from idp.models.recovery_code import RecoveryCode
from idp.models.risk_record import RiskRecord
from idp.models.scope_requirement import ScopeRequirement
from idp.models.security_event import EventLink, SecurityEvent
from idp.models.session import AuthenticationEvent, Session
from idp.models.signing_key import SigningKey
from idp.models.token import AccessToken, Grant, RefreshToken
from idp.models.user import User

__all__ = [
    "AccessToken",
    "AcrAlias",
    "AssuranceProfile",
    "AuthenticationEvent",
    "AuthenticatorModel",
    "AuthorizationCode",
    "Client",
    "ClientChange",
    "Consent",
    "EventLink",
    "Grant",
    "InitialAccessToken",
    "Interaction",
    "Letter",
    "LogoutNotice",
    "OneTimeCodeSecret",
    "PairwiseSubject",
    "Passkey",
    "ProtectedResource",
    "Recovery",
    "RecoveryCode",
    "RefreshToken",
    "RiskRecord",
    "ScopeRequirement",
    "SecurityEvent",
    "Session",
    "SigningKey",
    "User",
]
