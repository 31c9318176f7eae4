select string_agg((row_to_json(r1.*))::text, ',') as body, count(*) as rows from (select t0."posts", t0."comments" from "public"."counts"() t0) r1;
