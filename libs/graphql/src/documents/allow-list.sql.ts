// SQL of the allow-list.

/** All documents, oldest first. */
export const LIST_DOCUMENTS = `
select hash, name, document, created_at as "createdAt" from plinth.graphql_documents order by created_at, hash`

/** Changes whenever the list does. */
export const DOCUMENTS_VERSION = `
select concat_ws(':', count(*), max(created_at), md5(string_agg(hash || coalesce(name, ''), ',' order by hash))) as version
  from plinth.graphql_documents`

/** Values: hash, name, text. Given again, a document has the new name. */
export const ADD_DOCUMENT = `
insert into plinth.graphql_documents (hash, name, document) values ($1, $2, $3)
on conflict (hash) do update set name = excluded.name
returning hash, name, document, created_at as "createdAt"`

/** Value: hash. */
export const REMOVE_DOCUMENT = `delete from plinth.graphql_documents where hash = $1 returning hash`
