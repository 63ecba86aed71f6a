-- Identity -----------------------------------------------------------------------------------------------------

create table tenants (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);

-- Sign-in of console users, in the shape that better-auth asks for.
create table auth_users (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table auth_sessions (
  id text primary key,
  user_id text not null references auth_users (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_sessions_user on auth_sessions (user_id);

create table auth_accounts (
  id text primary key,
  user_id text not null references auth_users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_accounts_user on auth_accounts (user_id);

create table auth_verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Somebody in one tenant. A console user signs in by auth_user_id.
create table users (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  auth_user_id text unique references auth_users (id) on delete cascade,
  email text,
  display_name text not null,
  role text not null check (role in ('admin', 'member')),
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);

create table api_keys (
  id text primary key,
  tenant_id text not null,
  user_id text not null,
  name text not null,
  prefix text not null,
  secret_sha256 bytea not null unique,
  scopes text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);

-- Connections --------------------------------------------------------------------------------------------------

create table oauth_attempts (
  id text primary key,
  tenant_id text not null,
  user_id text not null,
  provider text not null,
  state_sha256 bytea not null unique,
  verifier_sealed text not null,
  browser_sha256 bytea,
  redirect_uri text not null,
  return_origin text,
  oauth_client_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  outcome jsonb,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index oauth_attempts_expiry on oauth_attempts (expires_at);

create table connections (
  id uuid primary key,
  tenant_id text not null,
  user_id text not null,
  provider text not null,
  provider_user_id text not null,
  provider_email text not null,
  provider_display_name text not null,
  oauth_client_id text not null,
  status text not null check (status in ('active', 'needs_reauth')),
  needs_reauth_reason text,
  granted_scopes text[] not null,
  access_token_sealed text not null,
  access_token_expires_at timestamptz not null,
  refresh_token_sealed text,
  refresh_token_expires_at timestamptz,
  token_version integer not null default 1,
  refreshing_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_used_at timestamptz,
  unique (tenant_id, user_id, provider, provider_user_id),
  unique (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index connections_provider_account on connections (oauth_client_id, provider, provider_user_id);

-- One row for each account at a provider and OAuth client, outside any tenant: the grant there is one, however
-- many connections share it. It is locked while a connection of it comes or goes.
create table provider_accounts (
  oauth_client_id text not null,
  provider text not null,
  provider_user_id text not null,
  primary key (oauth_client_id, provider, provider_user_id)
);

-- Grants whose revocation the provider has not confirmed yet. Held a day at most, then destroyed.
create table pending_revocations (
  id uuid primary key,
  provider text not null,
  oauth_client_id text not null,
  provider_user_id text not null,
  token_sealed text not null,
  created_at timestamptz not null default now()
);

create table picker_sessions (
  session_sha256 bytea primary key,
  tenant_id text not null,
  user_id text not null,
  connection_id uuid not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
create index picker_sessions_connection on picker_sessions (tenant_id, connection_id);
create index picker_sessions_expiry on picker_sessions (expires_at);

-- Library ------------------------------------------------------------------------------------------------------

create table collections (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  name text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);

create table images (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  created_by text not null,
  filename text not null,
  title text,
  description text,
  description_status text not null
    check (description_status in ('pending', 'processing', 'completed', 'failed', 'skipped')),
  media_type text not null,
  format text not null,
  size_bytes bigint not null,
  width integer,
  height integer,
  sha256 bytea not null,
  md5 bytea,
  tags text[] not null default '{}',
  collection_id text,
  blob_key text not null,
  source_provider text,
  source_connection_id uuid,
  source_file_id text,
  source_revision text,
  taken_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, collection_id) references collections (tenant_id, id)
);
create index images_newest on images (tenant_id, created_at desc, id desc);
create index images_collection on images (tenant_id, collection_id, created_at desc, id desc);

-- Transfers ----------------------------------------------------------------------------------------------------

-- connection_id is a plain value: a job outlives its connection.
create table transfer_jobs (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  type text not null check (type in ('import', 'export')),
  connection_id uuid not null,
  provider text not null,
  status text not null
    check (status in ('pending', 'processing', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
  options jsonb not null,
  -- The folder that an export makes: its id is reserved before it is made, so that a repetition makes no second one.
  target_folder_id text,
  target_folder_ready boolean not null default false,
  pending_items integer not null,
  running_items integer not null default 0,
  done_items integer not null default 0,
  skipped_items integer not null default 0,
  failed_items integer not null default 0,
  cancelled_items integer not null default 0,
  bytes_done bigint not null default 0,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  unique (tenant_id, id)
);
create index transfer_jobs_newest on transfer_jobs (tenant_id, created_at desc, id desc);
create index transfer_jobs_open on transfer_jobs (tenant_id, connection_id) where completed_at is null;

-- A few dozen items that a worker takes together. `released` means that its message is in the queue.
create table transfer_chunks (
  job_id text not null,
  number integer not null,
  tenant_id text not null,
  connection_id uuid not null,
  state text not null check (state in ('waiting', 'released', 'settled')),
  fencing_token integer not null default 0,
  primary key (job_id, number),
  foreign key (tenant_id, job_id) references transfer_jobs (tenant_id, id) on delete cascade
);
create index transfer_chunks_released on transfer_chunks (tenant_id, connection_id, job_id) where state = 'released';
create index transfer_chunks_waiting on transfer_chunks (job_id, number) where state = 'waiting';

-- For an import provider_file_id is the source and image_id the id reserved for the image; for an export the other
-- way round. Both are reserved before the first byte moves, so that a repetition finds what it began.
create table transfer_items (
  job_id text not null,
  position integer not null,
  tenant_id text not null,
  chunk_number integer not null,
  state text not null check (state in ('pending', 'running', 'done', 'skipped', 'failed', 'cancelled')),
  provider_file_id text,
  image_id text not null,
  name text not null,
  bytes_done bigint not null default 0,
  error_code text,
  error_message text,
  finished_at timestamptz,
  primary key (job_id, position),
  foreign key (job_id, chunk_number) references transfer_chunks (job_id, number) on delete cascade
);
create index transfer_items_chunk on transfer_items (job_id, chunk_number);
