-- What ends an attempt besides the browser's cookie, where the browser goes afterwards, and what it was begun with.
-- The verifier is destroyed when the attempt ends, well or not, or is over.
alter table oauth_attempts
  alter column verifier_sealed drop not null,
  add column secret_sha256 bytea,
  add column return_url text,
  add column principal_kind text check (principal_kind in ('session', 'api_key', 'jwt'));
update oauth_attempts
  set principal_kind = case when return_origin is null then 'api_key' else 'session' end,
    verifier_sealed = case when consumed_at is null then verifier_sealed end;
alter table oauth_attempts alter column principal_kind set not null;
create index oauth_attempts_principal on oauth_attempts (tenant_id, user_id, created_at);

-- Authorization codes that a connection came of, as SHA-256; they belong to no tenant. Presented again, a code would make
-- the provider end the tokens that it gave for it (RFC 6749 section 4.1.2).
create table spent_codes (
  provider text not null,
  code_sha256 bytea not null,
  spent_at timestamptz not null default now(),
  primary key (provider, code_sha256)
);
create index spent_codes_age on spent_codes (spent_at);
