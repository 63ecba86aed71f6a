-- Set when the workspace is to be deleted. From then on no credential of it is accepted; a worker clears it away.
alter table tenants add column deletion_requested_at timestamptz;

-- Invitations that are open. One that was accepted, revoked or replaced has no row any more: the audit log tells of it.
create table invitations (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  -- In lower case, as the address of a console account is.
  email text not null,
  role text not null check (role in ('admin', 'member')),
  token_sha256 bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unique (tenant_id, email),
  foreign key (tenant_id, created_by) references users (tenant_id, id) on delete cascade
);

-- What hangs on a user is found when the user goes.
create index invitations_creator on invitations (tenant_id, created_by);
create index api_keys_owner on api_keys (tenant_id, user_id);
create index oauth_attempts_owner on oauth_attempts (tenant_id, user_id);
