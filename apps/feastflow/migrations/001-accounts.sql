CREATE TABLE restaurants (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text NOT NULL,
  cuisine text NOT NULL,
  description text NOT NULL,
  is_open boolean NOT NULL DEFAULT true,
  search_words text NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_words)) STORED
);
CREATE INDEX restaurants_search ON restaurants USING gin (search);

CREATE TABLE accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- In lower case: one address, one account.
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'kitchen', 'courier', 'admin')),
  -- Whose kitchen it is.
  restaurant_id integer REFERENCES restaurants,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((role = 'kitchen') = (restaurant_id IS NOT NULL))
);

-- A log-in, and all refresh tokens that came of it.
CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  revoked_why text,
  CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token: who reads the table cannot use it.
  hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
