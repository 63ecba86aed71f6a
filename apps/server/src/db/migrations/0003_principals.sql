-- Tenants and users of the host application, known by its JWTs. An issuer is a world of its own, and no name from
-- there is ever taken for one of ours.
alter table tenants
  add column issuer text,
  add column external_id text,
  add constraint tenants_external unique (issuer, external_id),
  add constraint tenants_external_whole check ((issuer is null) = (external_id is null));
alter table users
  add column external_id text,
  add constraint users_external unique (tenant_id, external_id);

create index api_keys_newest on api_keys (tenant_id, id desc);

-- From now on only the SHA-256 of a session's token rests here. Who is signed in stays so.
update auth_sessions set token = encode(sha256(convert_to(token, 'UTF8')), 'hex');
alter table auth_sessions add constraint auth_sessions_token_hashed check (token ~ '^[0-9a-f]{64}$');
