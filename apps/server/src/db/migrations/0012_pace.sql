-- The pace of calls to providers, of all tenants together: an account's quota at a provider is one, whoever connected it.

-- What nodes share of the last minute, by the hash of an account or of an OAuth client. Not logged, so it begins anew after a
-- crash of the server; the provider then says by itself what is too much.
create unlogged table pace_windows (
  key text primary key,
  state jsonb not null,
  updated_at timestamptz not null
);
create index pace_windows_updated on pace_windows (updated_at);

-- Accounts that have used up what they may upload in a day.
create table pace_upload_limits (
  key text primary key,
  since timestamptz not null,
  next_probe timestamptz not null
);
