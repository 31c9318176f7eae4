select json_build_array(row_to_json(r1.*))::text as body, 1 as rows from (select count(*) as "count" from "public"."parcels" t0) r1;
