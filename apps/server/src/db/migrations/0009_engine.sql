-- Turns among jobs, pauses of chunks, and which workers are there.

alter table transfer_chunks
  -- When it last got a message: the job that was served longest ago is next.
  add column released_at timestamptz,
  -- A chunk that was put back gets no message before.
  add column not_before timestamptz;

alter table transfer_jobs
  -- Where its counters stood when it was begun or begun again, so that its pace is told from this run alone.
  add column bytes_before bigint not null default 0,
  add column items_before integer not null default 0;

-- One row a worker process, outside all tenants.
create table workers (
  id text primary key,
  version text not null,
  seen_at timestamptz not null
);
