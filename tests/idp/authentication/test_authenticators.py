"""ASSURANCE.md `possession`; R-5.4.3-1; WebAuthn Level 3, 6.1.3, 7.1, 8.2; FIDO MDS 3.0."""

from __future__ import annotations

import json
import uuid
from datetime import date
from io import StringIO

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from idp.attestation import Blob
from idp.authentication import authenticators, passkey, passkey_registration
from idp.models import AuthenticatorModel, Passkey, SecurityEvent
from idp.policy import get_policy
from tests.factories import a_person
from tests.idp.authentication.authenticator import SoftwareAuthenticator
from tests.idp.authentication.makers import ES256, Maker, Model
from tests.idp.authentication.test_passkey import register, sign_in

pytestmark = pytest.mark.django_db
MAKER, STRANGER = Maker(), Maker("Stranger")
NEXT = date(2099, 1, 1)
FORMATS = ("packed", "tpm", "apple", "android-key", "android-safetynet", "fido-u2f", "none")
TPM_MEMBERS = ("ver", "certInfo", "pubArea", "response", "alg", "sig", "x5c")


def load(*entries, number=1):
    authenticators.load(Blob(number, NEXT, entries))


def known(model, *statuses, **more):
    load(model.entry(*statuses, **more))
    return model


def grade(authenticator):
    _, row = register(a_person(), authenticator)
    return row and authenticators.possession(row)


class TestGrades:
    @pytest.mark.parametrize(
        ("statuses", "grade_of_it"),
        [
            pytest.param((), 2, id="attested"),
            pytest.param(("FIDO_CERTIFIED_L1",), 2, id="certified-as-software-could-be"),
            pytest.param(("FIDO_CERTIFIED_L2",), 3, id="certified-hardware"),
            pytest.param(("FIDO_CERTIFIED_L3plus",), 3, id="better-still"),
            pytest.param(("FIDO_CERTIFIED_L2", "NOT_FIDO_CERTIFIED"), 2, id="no-longer"),
            pytest.param((("FIDO_CERTIFIED_L2", "2098-01-01"),), 2, id="not-yet"),
            pytest.param(("FIDO_CERTIFIED_L2", "REVOKED"), 1, id="revoked"),
            pytest.param(("REVOKED", "FIDO_CERTIFIED_L2"), 1, id="and-not-forgotten"),
            pytest.param(("USER_VERIFICATION_BYPASS",), 1, id="unlocks-for-anybody"),
            pytest.param((("USER_KEY_REMOTE_COMPROMISE", "2098-01-01"),), 1, id="warned-early"),
            pytest.param(("UPDATE_AVAILABLE",), 2, id="a-newer-firmware"),
        ],
    )
    def test_the_grade_is_what_metadata_says_of_an_attested_model(self, statuses, grade_of_it):
        assert grade(known(MAKER.model(), *statuses).authenticator()) == grade_of_it

    def test_a_key_that_is_kept_in_software_is_software(self):
        assert grade(known(MAKER.model(), kept=["software"]).authenticator()) == 1

    def test_a_synced_key_is_software_whoever_vouches_for_it(self):
        model = known(MAKER.model(), "FIDO_CERTIFIED_L3")
        assert grade(model.authenticator(synced=True)) == 1

    def test_nobody_vouches_for_self_attestation(self):
        authenticator = known(MAKER.model()).authenticator()
        authenticator.attest = lambda message: (
            "packed",
            {"alg": ES256, "sig": authenticator.sign(message)},
        )
        assert grade(authenticator) == 1

    @pytest.mark.parametrize(
        "model",
        [
            pytest.param(STRANGER.model, id="another-root"),
            pytest.param(lambda: MAKER.model(days=(-30, -1)), id="expired-certificate"),
            pytest.param(lambda: MAKER.model(days=(1, 30)), id="certificate-of-tomorrow"),
        ],
    )
    def test_what_leads_to_no_pinned_root_is_like_no_attestation(self, model):
        made = model()
        load(MAKER.model(made.aaguid).entry())
        assert grade(made.authenticator()) == 1

    def test_a_model_that_nobody_knows_is_software(self):
        known(MAKER.model())
        assert grade(MAKER.model().authenticator()) == 1

    def test_the_batch_s_own_certificate_can_be_what_is_pinned(self, tmp_path):
        model = MAKER.model()
        path = tmp_path / f"{model.aaguid}.pem"
        path.write_bytes(model.certificate.public_bytes(Encoding.PEM))
        assert authenticators.pin(tmp_path) == 1
        assert grade(model.authenticator()) == 2


class TestRefusals:
    @pytest.mark.parametrize(
        "told",
        [
            pytest.param({"names": uuid.uuid4()}, id="speaks-for-another-model"),
            pytest.param({"unit": "Web Server"}, id="is-for-something-else"),
            pytest.param({"unit": None}, id="does-not-say-what-for"),
            pytest.param({"ca": True}, id="is-an-authority"),
        ],
    )
    def test_a_certificate_that_contradicts_itself_is_refused(self, told):
        assert grade(known(Model(MAKER, uuid.uuid4(), **told)).authenticator()) is None

    def test_a_signature_by_another_key_is_refused(self):
        model = known(MAKER.model())
        model.key = MAKER.key
        assert grade(model.authenticator()) is None

    def test_an_attestation_of_other_data_is_refused(self):
        model = known(MAKER.model())
        authenticator = model.authenticator()
        authenticator.attest = lambda message: model.attest(message[:-1] + b"x")
        assert grade(authenticator) is None

    @pytest.mark.filterwarnings("ignore:Parsed a serial number")
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        fmt=st.sampled_from(FORMATS),
        extra=st.dictionaries(st.sampled_from(TPM_MEMBERS), st.binary(max_size=40) | st.text()),
        cut=st.integers(0, 2000),
        changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=3),
    )
    def test_a_broken_attestation_is_an_answer_and_never_a_fault(self, fmt, extra, cut, changes):
        model, person = known(MAKER.model()), a_person()
        authenticator = model.authenticator()
        authenticator.attest = lambda message: (fmt, model.attest(message)[1] | extra)
        options = passkey_registration.creation_options(handle="broken", user=person)
        made = json.loads(authenticator.create(options))
        whole = bytearray(base64url_to_bytes(made["response"]["attestationObject"]))
        for at, byte in changes:
            whole[at % len(whole)] = byte
        made["response"]["attestationObject"] = bytes_to_base64url(bytes(whole[: cut or None]))
        added = passkey_registration.add(
            handle="broken", user=person, credential=json.dumps(made), name="", level=1
        )
        assert list(person.passkeys.all()) == ([] if added is None else [added])

    def test_a_distrusted_model_is_taken_as_software_or_not_at_all(self, settings):
        model = known(MAKER.model(), "REVOKED")
        assert grade(model.authenticator()) == 1
        settings.IDP = settings.IDP | {"refuse_distrusted_authenticators": True}
        get_policy.cache_clear()
        assert grade(model.authenticator()) is None
        get_policy.cache_clear()


class TestTime:
    """The grade is found at each use: news of a model changes keys that are there already."""

    def shown(self, authenticator, person):
        receipt = sign_in(authenticator, subject=person.as_subject())
        return passkey.PasskeyMethod().collect("handle", receipt).evidence.possession

    def test_it_falls_at_the_next_assertion(self):
        model, person = known(MAKER.model(), "FIDO_CERTIFIED_L2"), a_person()
        authenticator, _ = register(person, model.authenticator())
        assert self.shown(authenticator, person) == 3
        load(model.entry("FIDO_CERTIFIED_L2", "ATTESTATION_KEY_COMPROMISE"), number=2)
        assert self.shown(authenticator, person) == 1
        assert passkey.PasskeyMethod().potential(person.as_subject()).possession == 1

    def test_it_falls_with_the_root_that_vouched(self):
        model, person = known(MAKER.model()), a_person()
        authenticator, _ = register(person, model.authenticator())
        assert self.shown(authenticator, person) == 2
        load(STRANGER.model(model.aaguid).entry(), number=2)
        assert self.shown(authenticator, person) == 1

    def test_a_warning_counts_whoever_pinned_the_root(self, tmp_path):
        model, person = MAKER.model(), a_person()
        root = MAKER.root.public_bytes(Encoding.PEM)
        (tmp_path / f"{model.aaguid}.pem").write_bytes(root)
        call_command("load_authenticator_metadata", str(tmp_path), stdout=StringIO())
        authenticator, _ = register(person, model.authenticator())
        assert self.shown(authenticator, person) == 2
        known(model, "REVOKED")
        assert self.shown(authenticator, person) == 1

    def test_a_key_of_one_device_that_may_be_copied_now_is_another_one(self):
        authenticator, row = register(a_person(), SoftwareAuthenticator(synced=False))
        assert sign_in(authenticator)
        authenticator.synced = True
        assert sign_in(authenticator) == ""
        row.refresh_from_db()
        assert (row.backup_eligible, row.backed_up) == (False, False)

    def test_whether_it_is_backed_up_is_read_again_each_time(self):
        authenticator, row = register(a_person())
        Passkey.objects.update(backed_up=False)
        assert sign_in(authenticator)
        row.refresh_from_db()
        assert row.backed_up is True

    def test_the_best_passkey_is_what_could_be_shown(self):
        person = a_person()
        register(person, handle="synced", level=3)
        register(person, known(MAKER.model()).authenticator(), handle="bound")
        best = passkey.PasskeyMethod().potential(person.as_subject())
        assert (best.possession, best.enrolment) == (2, 1)


class TestAsking:
    def asked(self):
        options = passkey_registration.creation_options(handle="handle", user=a_person())
        return json.loads(options)["attestation"]

    def test_nobody_is_asked_where_no_root_is_pinned(self):
        assert self.asked() == "none"

    def test_attestation_is_asked_for_where_it_can_count(self):
        known(MAKER.model(), "REVOKED")
        assert self.asked() == "none", "distrusted: it could not count"
        load(MAKER.model().entry(), number=2)
        assert self.asked() == "direct"


class TestLoading:
    def command(self, tmp_path, blob, *, root=MAKER):
        (tmp_path / "blob.jwt").write_text(blob)
        (tmp_path / "root.pem").write_bytes(root.root.public_bytes(Encoding.PEM))
        said = StringIO()
        paths = (str(tmp_path / "blob.jwt"), f"--root={tmp_path / 'root.pem'}")
        call_command("load_authenticator_metadata", *paths, stdout=said)
        return said.getvalue()

    def blob(self, *entries, number=7, **signed):
        payload = {"no": number, "nextUpdate": "2099-01-01", "entries": list(entries)}
        return MAKER.signs(json.dumps(payload), **signed)

    def test_a_signed_blob_is_loaded(self, tmp_path):
        uaf = {"aaid": "1234#5678", "statusReports": []}
        entries = [MAKER.model().entry("FIDO_CERTIFIED_L2"), uaf, {"aaguid": "?"}, 7]
        said = self.command(tmp_path, self.blob(*entries))
        assert "Metadata 7: 1 models, 2 entries not read." in said
        row = AuthenticatorModel.objects.get()
        assert (row.certified, row.number, row.next_update) == (2, 7, NEXT)
        assert SecurityEvent.objects.get().kind == "authenticators.loaded"

    def test_the_next_blob_replaces_it_and_an_older_one_does_not(self, tmp_path):
        self.command(tmp_path, self.blob(MAKER.model().entry()))
        newer = MAKER.model().entry()
        self.command(tmp_path, self.blob(newer, number=8))
        assert str(AuthenticatorModel.objects.get().aaguid) == newer["aaguid"]
        with pytest.raises(CommandError, match="older than 8"):
            self.command(tmp_path, self.blob(number=7))
        assert AuthenticatorModel.objects.exists()

    @pytest.mark.parametrize(
        "signed", [{"host": "example.org"}, {"issuer": STRANGER}], ids=["not-fido", "another-root"]
    )
    def test_nobody_but_fido_signs_it(self, tmp_path, signed):
        with pytest.raises(CommandError, match="not signed by FIDO"):
            self.command(tmp_path, self.blob(MAKER.model().entry(), **signed))

    def test_a_changed_blob_is_refused(self, tmp_path):
        header, _, signature = self.blob(MAKER.model().entry("REVOKED")).split(".")
        payload = bytes_to_base64url(b'{"no": 9, "nextUpdate": "2099-01-01", "entries": []}')
        with pytest.raises(CommandError, match="can be verified"):
            self.command(tmp_path, f"{header}.{payload}.{signature}")

    @pytest.mark.parametrize("text", ["", "a.b.c", "no JWT", "e30.e30.e30", "\xff"])
    def test_what_is_no_blob_is_refused(self, tmp_path, text):
        with pytest.raises(CommandError):
            self.command(tmp_path, text)

    def test_the_pinned_root_of_fido_is_the_shipped_one(self, tmp_path):
        (tmp_path / "blob.jwt").write_text(self.blob(MAKER.model().entry()))
        with pytest.raises(CommandError, match="not signed by FIDO"):
            call_command("load_authenticator_metadata", str(tmp_path / "blob.jwt"))

    @pytest.mark.parametrize(
        ("name", "content"),
        [("root", b"x"), (str(uuid.UUID(int=1)), b"x"), (str(uuid.UUID(int=2)), b"")],
    )
    def test_a_folder_of_something_else_is_refused(self, tmp_path, name, content):
        (tmp_path / f"{name}.pem").write_bytes(content)
        with pytest.raises(CommandError, match="is not certificates"):
            call_command("load_authenticator_metadata", str(tmp_path))
