-- GraphQL documents of the allow-list.

CREATE TABLE "plinth"."graphql_documents" (
    "hash" TEXT NOT NULL,
    "name" TEXT,
    "document" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "graphql_documents_pkey" PRIMARY KEY ("hash")
);
CREATE UNIQUE INDEX "graphql_documents_name_key" ON "plinth"."graphql_documents"("name");
