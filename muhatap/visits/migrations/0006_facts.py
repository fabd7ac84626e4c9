"""What reports and the lake read of visits. Published: columns are added, never renamed or taken away (measures/tables.py).

`day` is the day of the session's time zone: who reads sets it to the firm's. Windows are parted by the visit's beginning too, so that a
condition on `began_at` reaches the table below them.
"""

from django.db import migrations

FORWARD = r"""
create function visits_visitor_key(site bigint, visitor text) returns bigint language sql immutable strict parallel safe as $$
  select ('x' || substr(md5(site::text || ' ' || visitor), 1, 16))::bit(64)::bigint
$$;
create function visits_path(url text) returns text language sql immutable strict parallel safe as $$
  select coalesce(nullif(rtrim(left(substring(regexp_replace(url, '^([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?', '') from '^[^?#]*'), 300), '/'), ''), '/')
$$;
-- What a client sent may be no jsonb (a NUL, half of a pair): then it tells nothing.
create function visits_told(payload text) returns jsonb language plpgsql immutable strict parallel safe as $$
begin
  return payload::jsonb;
exception when others then
  return null;
end $$;
create function visits_amount(told text) returns numeric language sql immutable parallel safe as $$
  select case when told ~ '^\d{1,12}(\.\d{1,8})?$' then told::numeric end
$$;

create view facts_visits as
select v.began_at::date as day, v.id as visit_id, v.site_id, visits_visitor_key(v.site_id, v.visitor) as visitor, v.began_at, v.ended_at,
       v.source::text, coalesce(v.campaign ->> 'campaign', '') as campaign, v.device, v.reached, v.entry_path::text as landing_path,
       v.n_events, v.n_pages, v.engaged_ms, v.exit_path::text, coalesce(t.trail, '') as trail,
       coalesce(v.campaign ->> 'source', '') as campaign_source, coalesce(v.campaign ->> 'medium', '') as campaign_medium
from visits_visit v left join lateral (
  select string_agg(f.path, E'\n' order by f.at, f.id) as trail from (
    select p.path, p.at, p.id from visits_pageview p where p.visit_id = v.id and p.path <> '' order by p.at, p.id limit 5) f
) t on true;

create view facts_page_views as
select began_at::date as day, visit_id, site_id, visits_visitor_key(site_id, visitor) as visitor, began_at, source, campaign, device, reached,
       landing_path, at, place, is_first, path, previous_path, next_path, product, engaged_ms, scroll
from (
  select v.id as visit_id, v.site_id, v.visitor, v.began_at, v.source::text, coalesce(v.campaign ->> 'campaign', '') as campaign, v.device,
         v.reached, v.entry_path::text as landing_path, p.at, p.path::text, p.product::text, p.engaged_ms, p.scroll,
         row_number() over w as place, row_number() over (partition by v.id, v.began_at, p.path order by p.at, p.id) = 1 as is_first,
         lag(p.path::text, 1, '') over w as previous_path, lead(p.path::text, 1, '') over w as next_path
  from visits_visit v join visits_pageview p on p.visit_id = v.id
  where p.path <> ''
  window w as (partition by v.id, v.began_at order by p.at, p.id)
) pages;

create view facts_product_interest as
select v.began_at::date as day, v.id as visit_id, v.site_id, visits_visitor_key(v.site_id, v.visitor) as visitor, v.began_at, v.source::text,
       coalesce(v.campaign ->> 'campaign', '') as campaign, v.device, v.reached, v.entry_path::text as landing_path,
       i.product::text, i.n_looks, i.engaged_ms, i.shown_ms, i.n_gallery, i.n_variants
from visits_visit v join visits_productinterest i on i.visit_id = v.id;

create view facts_events as
select e.at::date as day, e.site_id, visits_visitor_key(e.site_id, coalesce(nullif(e.anonymous_id, ''), 'user:' || e.user_id)) as visitor,
       e.received_at, e.at, e.kind, e.name, case when e.url <> '' then visits_path(e.url) else '' end as path,
       left(coalesce(p.told ->> 'product_id', ''), 100) as product, least(coalesce(visits_amount(p.told ->> 'quantity'), 1), 1000)::bigint as quantity,
       coalesce(visits_amount(p.told ->> 'total'), visits_amount(p.told ->> 'revenue'), visits_amount(p.told ->> 'value'), 0)::numeric(18, 4) as value,
       left(coalesce(p.told ->> 'currency', ''), 3) as currency, left(coalesce(p.told ->> 'order_id', ''), 100) as order_id,
       left(coalesce(p.told ->> 'query', ''), 200) as query
from visits_event e cross join lateral (select visits_told(e.payload) -> 'properties' as told) p
where not e.is_bot;

create view facts_clicks as
select e.at::date as day, e.site_id, visits_visitor_key(e.site_id, coalesce(nullif(e.anonymous_id, ''), 'user:' || e.user_id)) as visitor,
       e.received_at, e.at, case when e.url <> '' then visits_path(e.url) else '' end as path,
       left(coalesce(p.told ->> 'element', ''), 300) as element, left(coalesce(p.told ->> 'text', ''), 80) as text,
       left(coalesce(p.told ->> 'part', ''), 40) as part, left(coalesce(p.told ->> 'product_id', ''), 100) as product,
       least(coalesce(visits_amount(p.told ->> 'x'), 0.5), 1)::float8 as x, least(coalesce(visits_amount(p.told ->> 'y'), 0.5), 1)::float8 as y,
       least(coalesce(visits_amount(p.told ->> 'width'), 0), 100000)::bigint as width
from visits_event e cross join lateral (select visits_told(e.payload) -> 'properties' as told) p
where not e.is_bot and e.name = 'Element Clicked';

create view facts_visitor_links as
select l.site_id, visits_visitor_key(l.site_id, l.visitor) as visitor, l.contact_id, l.from_at as since,
       coalesce(l.until_at, '9999-12-31 00:00+00') as until
from visits_visitorlink l where l.taken_back_at is null;
"""
BACKWARD = """
drop view facts_visitor_links; drop view facts_clicks; drop view facts_events; drop view facts_product_interest;
drop view facts_page_views; drop view facts_visits;
drop function visits_amount; drop function visits_told; drop function visits_path; drop function visits_visitor_key;
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0005_who_visitors_are")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
