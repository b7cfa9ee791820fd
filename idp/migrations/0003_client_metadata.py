import idp.models.client
import idp.models.user
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idp", "0002_initial_access_tokens")]

    operations = [
        migrations.AddField(
            model_name="client",
            name="access_token_format",
            field=models.CharField(
                choices=[("opaque", "Opaque"), ("jwt", "JWT (RFC 9068)")],
                default="opaque",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="backchannel_logout_session_required",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="client",
            name="backchannel_logout_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="client_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="contacts",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="client",
            name="frontchannel_logout_session_required",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="client",
            name="frontchannel_logout_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="id_token_encrypted_response_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RSA-OAEP", "RSA-OAEP"),
                    ("RSA-OAEP-256", "RSA-OAEP-256"),
                    ("ECDH-ES", "ECDH-ES"),
                    ("ECDH-ES+A128KW", "ECDH-ES+A128KW"),
                    ("ECDH-ES+A256KW", "ECDH-ES+A256KW"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="id_token_encrypted_response_enc",
            field=models.CharField(
                blank=True,
                choices=[
                    ("A128CBC-HS256", "A128CBC-HS256"),
                    ("A256CBC-HS512", "A256CBC-HS512"),
                    ("A128GCM", "A128GCM"),
                    ("A256GCM", "A256GCM"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="initiate_login_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="introspection_encrypted_response_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RSA-OAEP", "RSA-OAEP"),
                    ("RSA-OAEP-256", "RSA-OAEP-256"),
                    ("ECDH-ES", "ECDH-ES"),
                    ("ECDH-ES+A128KW", "ECDH-ES+A128KW"),
                    ("ECDH-ES+A256KW", "ECDH-ES+A256KW"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="introspection_encrypted_response_enc",
            field=models.CharField(
                blank=True,
                choices=[
                    ("A128CBC-HS256", "A128CBC-HS256"),
                    ("A256CBC-HS512", "A256CBC-HS512"),
                    ("A128GCM", "A128GCM"),
                    ("A256GCM", "A256GCM"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="introspection_signed_response_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ES256", "ES256"),
                    ("RS256", "RS256"),
                    ("PS256", "PS256"),
                    ("EdDSA", "EdDSA"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="jwks",
            field=models.JSONField(blank=True, help_text="Public keys, as a JWK set.", null=True),
        ),
        migrations.AddField(
            model_name="client",
            name="jwks_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="registration_token_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="client",
            name="request_object_signing_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ES256", "ES256"),
                    ("RS256", "RS256"),
                    ("PS256", "PS256"),
                    ("EdDSA", "EdDSA"),
                    ("none", "none"),
                ],
                help_text="Empty: any signature by the client's keys. “none” allows unsigned ones.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="request_uris",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="client",
            name="require_auth_time",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="client",
            name="require_signed_request_object",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="client",
            name="response_types",
            field=models.JSONField(blank=True, default=idp.models.client._default_response_types),
        ),
        migrations.AddField(
            model_name="client",
            name="sealed_secret",
            field=models.BinaryField(blank=True, default=bytes),
        ),
        migrations.AddField(
            model_name="client",
            name="sector_identifier",
            field=models.CharField(blank=True, editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="client",
            name="sector_identifier_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AddField(
            model_name="client",
            name="software_id",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="client",
            name="software_version",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="client",
            name="subject_type",
            field=models.CharField(
                choices=[("public", "Public"), ("pairwise", "Pairwise")],
                default="public",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="token_endpoint_auth_signing_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ES256", "ES256"),
                    ("RS256", "RS256"),
                    ("PS256", "PS256"),
                    ("EdDSA", "EdDSA"),
                    ("HS256", "HS256"),
                    ("HS384", "HS384"),
                    ("HS512", "HS512"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="userinfo_encrypted_response_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RSA-OAEP", "RSA-OAEP"),
                    ("RSA-OAEP-256", "RSA-OAEP-256"),
                    ("ECDH-ES", "ECDH-ES"),
                    ("ECDH-ES+A128KW", "ECDH-ES+A128KW"),
                    ("ECDH-ES+A256KW", "ECDH-ES+A256KW"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="userinfo_encrypted_response_enc",
            field=models.CharField(
                blank=True,
                choices=[
                    ("A128CBC-HS256", "A128CBC-HS256"),
                    ("A256CBC-HS512", "A256CBC-HS512"),
                    ("A128GCM", "A128GCM"),
                    ("A256GCM", "A256GCM"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="userinfo_signed_response_alg",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ES256", "ES256"),
                    ("RS256", "RS256"),
                    ("PS256", "PS256"),
                    ("EdDSA", "EdDSA"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="id_token_signed_response_alg",
            field=models.CharField(
                choices=[
                    ("ES256", "ES256"),
                    ("RS256", "RS256"),
                    ("PS256", "PS256"),
                    ("EdDSA", "EdDSA"),
                ],
                default="ES256",
                max_length=8,
                verbose_name="ID token algorithm",
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="logo_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AlterField(
            model_name="client",
            name="policy_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
        migrations.AlterField(
            model_name="client",
            name="redirect_uris",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="client",
            name="require_pkce",
            field=models.BooleanField(
                default=True,
                help_text="An exception is possible for clients with a secret or key only.",
                verbose_name="require PKCE",
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="token_endpoint_auth_method",
            field=models.CharField(
                choices=[
                    ("client_secret_basic", "Basic"),
                    ("client_secret_post", "Post"),
                    ("client_secret_jwt", "Secret Jwt"),
                    ("private_key_jwt", "Private Key Jwt"),
                    ("none", "none (public client)"),
                ],
                default="client_secret_basic",
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="tos_uri",
            field=models.URLField(blank=True, max_length=2048),
        ),
    ]
