-- While the provider is asked to revoke a grant, its account cannot be connected: the new grant would end with the old one.
-- The time is the database's, so that a process that died while it asked keeps nobody out for longer.
alter table pending_revocations add column asking_until timestamptz;

-- Accounts that nobody has connected any more used to stay.
delete from provider_accounts account
where not exists (
    select from connections c
    where c.oauth_client_id = account.oauth_client_id and c.provider = account.provider
      and c.provider_user_id = account.provider_user_id
  )
  and not exists (
    select from pending_revocations p
    where p.oauth_client_id = account.oauth_client_id and p.provider = account.provider
      and p.provider_user_id = account.provider_user_id
  );
