-- The platform's schemas, the functions that policies use, and the settings.

CREATE SCHEMA IF NOT EXISTS "plinth";
CREATE SCHEMA IF NOT EXISTS "auth";
CREATE SCHEMA IF NOT EXISTS "storage";
CREATE SCHEMA IF NOT EXISTS "realtime";

-- Policies call functions of these schemas; tables in them stay closed until granted one by one.
GRANT USAGE ON SCHEMA "auth" TO anon, authenticated, service_role;

-- Claims of the request. The setting is local to the transaction and reads as '' (not NULL) once it was ever set in the
-- session, hence nullif.
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;

CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;

CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role' $$;

CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email' $$;

COMMENT ON FUNCTION auth.jwt() IS 'All claims of the request''s token; NULL without one.';
COMMENT ON FUNCTION auth.uid() IS 'The claim sub: id of the signed-in user; NULL without one.';
COMMENT ON FUNCTION auth.role() IS 'The claim role.';
COMMENT ON FUNCTION auth.email() IS 'The claim email.';

-- They tell a caller only what it sent itself, and policies of any role need them.
GRANT EXECUTE ON FUNCTION auth.jwt(), auth.uid(), auth.role(), auth.email() TO PUBLIC;

CREATE TABLE "plinth"."settings" (
    "area" TEXT NOT NULL,
    "values" JSONB NOT NULL DEFAULT '{}',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("area")
);
