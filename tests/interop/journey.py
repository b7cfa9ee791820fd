"""What every relying-party library is to do with the provider. OpenID Connect Core 3.1, 5.3, 12;
RFC 9470 4; RP-Initiated Logout 1.0. A subclass says where its site does it, or that it cannot.
"""

from __future__ import annotations

LOA1 = "urn:countersign:acr:loa1"
LOA2 = "urn:countersign:acr:loa2"


class Journey:
    """Four walks, each in a fresh browser; the fixture `rp` is the running relying party."""

    keeps_the_id_token = True

    def sign_in(self, rp, person):
        """Sign in; return what the site then knows of the person."""
        return person.visit(f"{rp.url}/sign-in").json()

    def refresh(self, rp, person):
        """Renew the tokens; return what the site then knows."""
        return person.open(f"{rp.url}/refresh").json()

    def step_up(self, rp, person):
        """Ask for level 2; return what the site then knows."""
        return person.visit(f"{rp.url}/step-up").json()

    def sign_out(self, rp, person):
        """Sign out here and at the provider; return the page where that ends."""
        return person.visit(f"{rp.url}/sign-out")

    def test_a_person_signs_in_and_the_site_reads_who_she_is(self, rp, alice):
        me = self.sign_in(rp, alice)
        assert "login" in alice.shown
        assert (me["acr"], me["email"]) == (LOA1, "alice@example.org")
        assert me["sub"]

    def test_a_refresh_renews_the_access_token(self, rp, alice):
        before = self.sign_in(rp, alice)
        after = self.refresh(rp, alice)
        assert after.pop("renewed")
        assert after == before

    def test_a_step_up_asks_for_the_passkey_alone_and_raises_the_level(self, rp, alice):
        before = self.sign_in(rp, alice)
        after = self.step_up(rp, alice)
        assert alice.shown == ["passkey"]
        assert (after["acr"], after["sub"]) == (LOA2, before["sub"])

    def test_signing_out_ends_the_session_at_the_provider(self, rp, alice):
        self.sign_in(rp, alice)
        copied = alice.copied()
        page = self.sign_out(rp, alice)
        if self.keeps_the_id_token:
            assert page.url.startswith(f"{rp.url}/signed-out"), page
        else:  # the provider asks the person first, and does not send her to an address unproven
            assert (alice.shown, page.name) == (["logout", "signed-out"], "signed-out")
        # Her browser has forgotten the session; a copy of its cookies opens nothing either.
        self.sign_in(rp, copied)
        assert "login" in copied.shown


class JourneyWithAccounts(Journey):
    """Likewise for a site that keeps accounts in a database, beside its sessions."""

    def test_a_step_up_raises_this_session_and_no_other(self, rp, alice, alice_elsewhere):
        self.sign_in(rp, alice)
        self.sign_in(rp, alice_elsewhere)
        assert self.step_up(rp, alice)["acr"] == LOA2
        assert alice_elsewhere.open(f"{rp.url}/me").json()["acr"] == LOA1
        assert alice.open(f"{rp.url}/me").json()["acr"] == LOA2
