"""URLs of the pages that a person goes through, included by ``idp.urls``. OIDC.md 3.4."""

from __future__ import annotations

from django.urls import path

from idp.endpoints import (
    account,
    address,
    applications,
    consent,
    create,
    interaction,
    level,
    login,
    one_time_code,
    passkeys,
    recover,
    recovery_codes,
    recovery_pages,
)

_AT = "interaction/<uuid:interaction_id>/"

_RECOVERY = "recover/<uuid:recovery_id>/"

urlpatterns = [
    path(_AT + "login", login.login, name="login"),
    path(_AT + "passkey", login.passkey_page, name="passkey"),
    path(_AT + "passkey/options", login.passkey_options, name="passkey_options"),
    path(_AT + "code", one_time_code.code_page, name="code"),
    path(_AT + "recovery-code", recovery_codes.code_page, name="recovery_code"),
    path(_AT + "create", create.create, name="create"),
    path(_AT + "consent", consent.consent, name="consent"),
    path(_AT + "select", interaction.select, name="select"),
    path(_AT + "choose", interaction.choose, name="choose"),
    path(_AT + "resume", interaction.resume, name="resume"),
    path("account/", account.home, name="account"),
    path("account/sign-in", account.sign_in, name="sign_in"),
    path(
        "account/sign-in/<uuid:interaction_id>", account.continue_sign_in, name="continue_sign_in"
    ),
    path("account/sign-out", account.sign_out, name="sign_out"),
    path("account/address/confirm", address.ask, name="address"),
    path("account/address/<uuid:letter_id>/<str:token>", address.confirm, name="confirm_address"),
    path("account/applications/", applications.applications, name="applications"),
    path(
        "account/applications/<int:consent_id>/take-back", applications.take_back, name="take_back"
    ),
    path("account/level/", level.level, name="level"),
    path("account/code/", one_time_code.manage, name="one_time_code"),
    path("account/code/add", one_time_code.add, name="one_time_code_add"),
    path("account/code/remove", one_time_code.remove, name="one_time_code_remove"),
    path("account/passkeys/", passkeys.passkeys, name="passkeys"),
    path("account/passkeys/options", passkeys.options, name="passkeys_options"),
    path("account/passkeys/add", passkeys.add, name="passkeys_add"),
    path("account/passkeys/<int:passkey_id>/name", passkeys.rename, name="passkeys_rename"),
    path("account/passkeys/<int:passkey_id>/remove", passkeys.remove, name="passkeys_remove"),
    path("recover/", recover.ask, name="recover"),
    path("recover/sent", recover.sent, name="recover_sent"),
    path("recover/done", recovery_pages.done, name="recover_done"),
    path(_RECOVERY, recovery_pages.go_on, name="recovery"),
    path(_RECOVERY + "show", recovery_pages.show, name="recovery_show"),
    path(_RECOVERY + "passkey", recovery_pages.show_passkey, name="recovery_passkey"),
    path(
        _RECOVERY + "passkey/options",
        recovery_pages.passkey_options,
        name="recovery_passkey_options",
    ),
    path(_RECOVERY + "replace", recovery_pages.replace, name="recovery_replace"),
    path(_RECOVERY + "<str:token>", recover.open_link, name="recovery_link"),
    path("account/recovery-codes/", recovery_codes.manage, name="recovery_codes"),
    path("account/recovery-codes/make", recovery_codes.make, name="recovery_codes_make"),
    path("account/recovery-codes/remove", recovery_codes.remove, name="recovery_codes_remove"),
]
