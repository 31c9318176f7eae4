-- Owners of the console, their sessions, the audit log, and the ledger of the owner's own migrations.

CREATE TABLE "plinth"."owners" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "owners_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "owners_email_key" ON "plinth"."owners"("email");

CREATE TABLE "plinth"."console_sessions" (
    "token_hash" BYTEA NOT NULL,
    "owner_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "console_sessions_pkey" PRIMARY KEY ("token_hash")
);

CREATE INDEX "console_sessions_owner_id_idx" ON "plinth"."console_sessions"("owner_id");

CREATE INDEX "console_sessions_expires_at_idx" ON "plinth"."console_sessions"("expires_at");

ALTER TABLE "plinth"."console_sessions" ADD CONSTRAINT "console_sessions_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "plinth"."owners"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "plinth"."audit_log" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

CREATE FUNCTION "plinth"."refuse_audit_log_change"() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "plinth"."audit_log"
    FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."refuse_audit_log_change"();

CREATE TABLE "plinth"."user_migrations" (
    "name" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "applied_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_migrations_pkey" PRIMARY KEY ("name")
);
