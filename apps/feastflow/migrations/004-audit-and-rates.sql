CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  action text NOT NULL,
  -- No reference: what somebody did outlives the account.
  actor_id uuid,
  subject text NOT NULL,
  address text NOT NULL,
  details jsonb NOT NULL
);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log only grows';
END
$$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_stays BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- When whoever it is will have paid for all that it did, at the allowed rate. Not logged: a server that crashes forgets
-- it, and it costs no disk.
CREATE UNLOGGED TABLE rates (
  who text PRIMARY KEY,
  paid_until timestamptz NOT NULL
);
