-- What happened at the doors of a workspace: sign-ins, keys, members, connections. Written by identity/audit, never changed.
-- Users, keys and connections are plain values: an event outlives what it tells of.
create table audit_events (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  action text not null,
  actor_kind text not null check (actor_kind in ('session', 'api_key', 'jwt', 'nobody', 'system')),
  actor_user_id text,
  target_kind text,
  target_id text,
  address text,
  request_id text,
  details jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index audit_events_newest on audit_events (tenant_id, created_at desc, id desc);
