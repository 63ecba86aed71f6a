-- What was asked for with an Idempotency-Key, written with the job that came of it: both are there, or neither.
create table idempotency_keys (
  tenant_id text not null,
  user_id text not null,
  -- The operationId: a key is good for each operation apart.
  operation text not null,
  key text not null,
  -- SHA-256 of the request as it was sent.
  request_sha256 bytea not null,
  job_id text not null,
  -- The reply, as it was answered first; null until then, and for ever when the process died or the client went.
  reply text,
  -- While the first request waits for the job's end; null when nobody does.
  waiting_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, operation, key),
  foreign key (tenant_id, job_id) references transfer_jobs (tenant_id, id) on delete cascade
);
create index idempotency_keys_created on idempotency_keys (created_at);
create index idempotency_keys_job on idempotency_keys (tenant_id, job_id);

-- Bytes of a tenant's images, counted in the transactions that add and delete them.
create table tenant_usage (
  tenant_id text primary key references tenants (id) on delete cascade,
  stored_bytes bigint not null default 0
);
insert into tenant_usage (tenant_id, stored_bytes)
select tenant_id, sum(size_bytes) from images group by tenant_id;

-- When each kind of sweep began last, so that of many workers one does it.
create table sweeps (
  name text primary key,
  began_at timestamptz not null
);

create index upload_sessions_created on upload_sessions (created_at);
