-- What a job knows of its files before their bytes, how far it is, and what it waits for.

alter table transfer_jobs
  -- Sizes of all items as far as they are known.
  add column bytes_total bigint not null default 0,
  -- Folders that are still being listed; the job is not through before they are.
  add column open_folders integer not null default 0,
  -- Whether the grant sees everything in the folders that were asked for; null when no folder was.
  add column visibility text check (visibility in ('full', 'partial')),
  add column started_at timestamptz,
  -- Set while nothing of the job can move: until when, and why.
  add column paused_until timestamptz,
  add column pause_code text,
  -- How often its failed items have been run, from 1.
  add column attempt integer not null default 1;
create index transfer_jobs_owner on transfer_jobs (tenant_id, user_id, created_at desc, id desc);
create index transfer_jobs_ended on transfer_jobs (completed_at) where completed_at is not null;

alter table transfer_chunks
  -- Whether the metadata of its items has been read; and who is just reading it, as a lease.
  add column described boolean not null default false,
  add column describing_until timestamptz,
  -- Bytes of items that are under way, so that one large file shows that it moves.
  add column moving_bytes bigint not null default 0;

alter table transfer_items
  -- What the provider said of the file, read once ahead of its bytes.
  add column facts jsonb,
  add column size_bytes bigint,
  add column resource_key text,
  -- SHA-256 of the bytes as they arrived or were sent, and where they rest.
  add column sha256 bytea,
  add column blob_key text;
create index transfer_items_source on transfer_items (job_id, provider_file_id);

-- Folders of an import, each listed once however often it is met.
create table transfer_folders (
  job_id text not null,
  folder_id text not null,
  tenant_id text not null,
  name text not null,
  resource_key text,
  state text not null check (state in ('open', 'listed')),
  -- Where the listing goes on; null at its start.
  page_token text,
  files_found integer not null default 0,
  primary key (job_id, folder_id),
  foreign key (tenant_id, job_id) references transfer_jobs (tenant_id, id) on delete cascade
);

-- Resumable uploads under way: the address at the provider, which is a secret, and how much the provider has confirmed.
-- The id is the item's: job and position.
create table upload_sessions (
  id text primary key,
  tenant_id text not null,
  job_id text not null,
  address_sealed text not null,
  confirmed_bytes bigint not null default 0,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, job_id) references transfer_jobs (tenant_id, id) on delete cascade
);

-- Content is known by its hash and by where it came from.
create index images_sha256 on images (tenant_id, sha256);
create index images_source on images (tenant_id, source_provider, source_file_id) where source_file_id is not null;
create index images_blob on images (blob_key);
