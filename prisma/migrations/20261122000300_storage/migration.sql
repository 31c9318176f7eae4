-- Buckets and objects of the storage API. The bytes are elsewhere (libs/blob), under the key that "version" names.

CREATE TABLE "storage"."buckets" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "owner" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "public" BOOLEAN NOT NULL DEFAULT false,
    "avif_autodetection" BOOLEAN NOT NULL DEFAULT false,
    "file_size_limit" BIGINT,
    "allowed_mime_types" TEXT[],
    "owner_id" TEXT,
    "type" TEXT NOT NULL DEFAULT 'STANDARD',

    CONSTRAINT "buckets_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "buckets_name_key" ON "storage"."buckets"("name");

-- Names sort by their bytes, so that a prefix is one range of the index whatever the database's locale is.
CREATE TABLE "storage"."objects" (
    "id" UUID NOT NULL,
    "bucket_id" TEXT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "owner" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_accessed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "metadata" JSONB,
    "path_tokens" TEXT[] GENERATED ALWAYS AS (string_to_array("name", '/')) STORED,
    "version" TEXT NOT NULL,
    "owner_id" TEXT,
    "user_metadata" JSONB,

    CONSTRAINT "objects_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "objects_bucket_id_fkey" FOREIGN KEY ("bucket_id") REFERENCES "storage"."buckets"("id") ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX "objects_bucket_id_name_key" ON "storage"."objects"("bucket_id", "name");
-- Two rows never share bytes: deleting one can never take the other's.
CREATE UNIQUE INDEX "objects_version_key" ON "storage"."objects"("version");

-- One row: this database's part of a blob store that others may share. A sweep never touches what is not its own.
CREATE TABLE "storage"."installation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "single" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "installation_single_check" CHECK ("single")
);
CREATE UNIQUE INDEX "installation_single_key" ON "storage"."installation"("single");
INSERT INTO "storage"."installation" DEFAULT VALUES;

COMMENT ON TABLE "storage"."buckets" IS 'Buckets of the storage API. Row-level security decides who may see, make and change them.';
COMMENT ON TABLE "storage"."objects" IS 'Objects of the storage API. Policies on this table decide who may upload (INSERT), replace (INSERT, SELECT, UPDATE), read and list (SELECT) and remove (SELECT, DELETE).';

-- The grants are wide and nobody passes without a policy: policies alone decide.
ALTER TABLE "storage"."buckets" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "storage"."objects" ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA "storage" TO anon, authenticated, service_role;
GRANT SELECT, INSERT, UPDATE, DELETE ON "storage"."buckets", "storage"."objects" TO anon, authenticated, service_role;

GRANT SELECT ON "storage"."installation" TO service_role;

-- For policies: a/b/c.png has the folders {a,b}, the file name c.png and the extension png.
CREATE FUNCTION "storage"."foldername"("name" text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trim_array(string_to_array($1, '/'), least(1, coalesce(array_length(string_to_array($1, '/'), 1), 0))) $$;

CREATE FUNCTION "storage"."filename"("name" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT split_part($1, '/', -1) $$;

CREATE FUNCTION "storage"."extension"("name" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT split_part(split_part($1, '/', -1), '.', -1) $$;

-- What the storage API is doing, for policies that allow one operation only: storage.object.upload, …
CREATE FUNCTION "storage"."operation"() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('storage.operation', true), '') $$;

CREATE FUNCTION "storage"."allow_only_operation"("expected_operation" text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('storage.operation', true), '') = $1, false) $$;

CREATE FUNCTION "storage"."allow_any_operation"("expected_operations" text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('storage.operation', true), '') = ANY ($1), false) $$;

GRANT EXECUTE ON FUNCTION "storage"."foldername"(text), "storage"."filename"(text), "storage"."extension"(text), "storage"."operation"(),
    "storage"."allow_only_operation"(text), "storage"."allow_any_operation"(text[]) TO PUBLIC;
