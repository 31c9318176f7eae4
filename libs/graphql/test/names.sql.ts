// Tables for the golden cases of names: everything is called otherwise by comments, and views have keys.

/** Run as the owner. */
export const names = `
  create table account (
    account_no int primary key,
    mail text not null unique,
    born_on date,
    balance numeric(8,2) not null default 0,
    prefs jsonb,
    secret text);
  comment on table account is 'Who buys. @graphql({"name": "Customer"})';
  comment on column account.account_no is '@graphql({"name": "id"})';
  comment on column account.mail is 'Where letters go @graphql({"name": "emailAddress"})';
  comment on column account.balance is '@graphql({"name": "credit", "description": "What is left"})';
  comment on column account.prefs is '@graphql({"name": "wishes"})';
  -- Names that are taken or are none have no effect.
  comment on column account.born_on is '@graphql({"name": "secret"})';
  comment on column account.secret is '@graphql({"name": "not a name"})';

  create table purchase (
    id int primary key,
    account_no int not null references account,
    gift_for int references account,
    total numeric(8,2) not null,
    state text);
  comment on column purchase.account_no is '@graphql({"name": "customerId"})';
  comment on column purchase.total is '@graphql({"name": "sum"})';
  comment on constraint purchase_account_no_fkey on purchase is '@graphql({"foreign_name": "buyer", "local_name": "orders"})';
  comment on constraint purchase_gift_for_fkey on purchase is '@graphql({"local_name": "gifts"})';

  create table rank (name text primary key, remark text);
  comment on table rank is 'Ranks of customers @graphql({"enum": true, "name": "Level"})';
  insert into rank values ('gold', 'the best'), ('tin', null);
  alter table account add rank text references rank;
  comment on column account.rank is '@graphql({"name": "level"})';

  -- The key is that of the table below.
  create view open_purchase with (security_invoker = true) as select id, account_no, total, state from purchase where state = 'open';
  comment on column open_purchase.account_no is '@graphql({"name": "customerId"})';
  -- Keys by comment only.
  create view spending with (security_invoker = true) as
    select account_no as who, count(*)::int as purchases, sum(total) as total from purchase group by account_no;
  comment on view spending is 'What customers spent @graphql({"name": "Spending", "primary_key_columns": ["who"], "foreign_keys": [{"local_name": "spending", "local_columns": ["who"], "foreign_name": "customer", "foreign_schema": "public", "foreign_table": "account", "foreign_columns": ["account_no"]}]})';
  comment on column spending.who is '@graphql({"name": "customerId"})';

  create function account_label(account) returns text language sql stable as $$ select upper($1.mail) $$;
  comment on function account_label(account) is 'In capitals @graphql({"name": "label"})';
  create function purchases_above(floor numeric) returns setof purchase language sql stable as $$ select * from public.purchase where total > floor $$;
  comment on function purchases_above(numeric) is '@graphql({"name": "ordersAbove"})';

  alter table account enable row level security; create policy r on account for select using (true);
  create policy w on account for all to authenticated using (account_no < 100) with check (account_no < 100);
  alter table purchase enable row level security; create policy r on purchase for all using (true) with check (true);
  grant select on all tables in schema public to anon, authenticated, service_role;
  grant insert, update, delete on account, purchase, open_purchase to authenticated, service_role;
  grant execute on all functions in schema public to anon, authenticated, service_role;
`

/** Makes the rows what they are at the start of a case. */
export const namesRows = `
  truncate account, purchase;
  insert into account (account_no, mail, born_on, balance, prefs, secret, rank) values
    (1, 'ann@x.test', '1990-01-02', 10.50, '{"colour": "red"}', 'a', 'gold'), (2, 'bob@x.test', null, 0, null, 'b', 'tin'),
    (3, 'cyd@x.test', '1980-03-04', 5, '{}', null, null);
  insert into purchase values (1, 1, null, 10, 'open'), (2, 1, 2, 20, 'sent'), (3, 2, null, 5, 'open'), (4, 2, 1, 7.5, null);
`
