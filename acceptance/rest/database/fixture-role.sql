-- A role of the owner's own, with settings. Before Postgres 16 plinth_owner may make none: there the database's administrator does.
create role moderator nologin;
grant moderator to plinth_api;
alter role moderator set statement_timeout = '4321ms';
alter role moderator set default_transaction_isolation = 'serializable';
alter role moderator set work_mem = '5MB';
