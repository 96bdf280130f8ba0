-- Lets a producer owe a consumer all events since an hour before a time: for a consumer that was restored.
-- psql -v producer=reaction -v consumer=notification -v since='2026-11-20 10:00:00 UTC' -f docs/runbooks/owe-again.sql
-- The pairs are those that libs/contracts/src/catalogue.ts leaves out.
INSERT INTO :"producer".delivery (consumer, event_id)
SELECT :'consumer', id FROM :"producer".outbox
WHERE created_at > :'since'::timestamptz - interval '1 hour'
  AND (type, :'consumer') NOT IN (
    ('comment.edited.v1', 'analytics'), ('user.followed.v1', 'analytics'), ('user.unfollowed.v1', 'analytics'),
    ('thread.level_changed.v1', 'analytics'), ('thread.level_changed.v1', 'user'))
ON CONFLICT DO NOTHING;
