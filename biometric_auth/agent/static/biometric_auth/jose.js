// The few functions of `jose` (npm, copied to vendor/ by `manage.py fetch_agent_assets`) that the
// agent uses. AGENT-PROTOCOL, "Transaction" 3 and 4: JWS (RFC 7515, 7797) and JWE (RFC 7516).

export { CompactEncrypt } from "./vendor/jose/jwe/compact/encrypt.js";
export { CompactSign } from "./vendor/jose/jws/compact/sign.js";
export { FlattenedSign } from "./vendor/jose/jws/flattened/sign.js";
export { createLocalJWKSet } from "./vendor/jose/jwks/local.js";
export { importJWK } from "./vendor/jose/key/import.js";
export { jwtVerify } from "./vendor/jose/jwt/verify.js";
