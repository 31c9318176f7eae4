-- Signing keys of access tokens, and opaque API keys.

CREATE TABLE "plinth"."signing_keys" (
    "id" UUID NOT NULL,
    "algorithm" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_jwk" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state_changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "signing_keys_state_check" CHECK ("state" IN ('standby', 'current', 'previous', 'revoked')),
    CONSTRAINT "signing_keys_private_check" CHECK (("state" IN ('standby', 'current')) = ("private_jwk" IS NOT NULL))
);

-- At most one standby and one current key, also when several nodes start at once.
CREATE UNIQUE INDEX "signing_keys_single_state_key" ON "plinth"."signing_keys"("state") WHERE "state" IN ('standby', 'current');

CREATE TABLE "plinth"."api_keys" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_keys_kind_check" CHECK ("kind" IN ('publishable', 'secret'))
);

CREATE UNIQUE INDEX "api_keys_hash_key" ON "plinth"."api_keys"("hash");

-- Readable by the platform's owner only: a private key in another hand signs service_role tokens.
REVOKE ALL ON "plinth"."signing_keys", "plinth"."api_keys" FROM PUBLIC, "anon", "authenticated", "service_role";
