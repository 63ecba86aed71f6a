-- How much every caller asked for, by minute, summed up over the nodes. Nothing of it is worth keeping over a crash, so it is
-- not written ahead. The key is a keyed hash of a principal, an address or an e-mail address, so that none of them stands here.
create unlogged table rate_limit_counts (
  window_number integer not null,
  key bytea not null,
  count integer not null,
  primary key (window_number, key)
);

-- The audit log is asked by each of these, newest first, and swept by age.
create index audit_events_by_action on audit_events (tenant_id, action, created_at desc, id desc);
create index audit_events_by_actor on audit_events (tenant_id, actor_user_id, created_at desc, id desc);
create index audit_events_by_target on audit_events (tenant_id, target_id, created_at desc, id desc);
create index audit_events_oldest on audit_events (created_at);
