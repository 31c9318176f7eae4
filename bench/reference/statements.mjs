// The hand-written SQL of the reference; pgbench runs the same text.
export const statements = {
  byKey: 'select to_json(p)::text j from (select id, title, body, category, score, author_id, created_at from posts where id = $1) p',
  list: `select coalesce(json_agg(p), '[]')::text j from (select id, title, category, score, author_id, created_at from posts
    where category = $1 and score < $2 order by score desc, id limit 20) p`,
  nested: `select coalesce(json_agg(x), '[]')::text j from (select p.id, p.title, p.score,
    (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = p.author_id) author,
    (select coalesce(json_agg(c), '[]') from (select c.id, c.body, (select json_build_object('id', a.id, 'name', a.name) from users a where a.id = c.author_id) author
      from comments c where c.post_id = p.id order by c.created_at desc limit 5) c) comments
    from posts p where p.category = $1 and p.score < $2 order by p.score desc, p.id limit 10) x`,
  page: `select to_json(x)::text j from (select p.id, p.title, p.score,
    (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = p.author_id) author,
    (select coalesce(json_agg(c), '[]') from (select c.id, c.body, (select json_build_object('id', a.id, 'name', a.name) from users a where a.id = c.author_id) author
      from comments c where c.post_id = p.id order by c.created_at desc limit 5) c) comments
    from posts p where p.id = $1) x`,
  count: `select json_build_object('count', count(*))::text j from posts where category = $1 and score < $2`,
  thousand: `select coalesce(json_agg(p), '[]')::text j from (select id, title, body, category, score, created_at from posts where id > $1 order by id limit 1000) p`,
  insert: `with r as (insert into events (user_id, kind, payload) values ($1, $2, $3) returning id, user_id, kind, payload, created_at)
    select to_json(r)::text j from r`,
  insertMany: `with r as (insert into events (user_id, kind, payload)
      select user_id, kind, payload from json_to_recordset($1) as t(user_id int, kind text, payload jsonb) returning id)
    select json_agg(r)::text j from r`,
}
