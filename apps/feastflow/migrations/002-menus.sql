CREATE TABLE dishes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  restaurant_id integer NOT NULL REFERENCES restaurants,
  name text NOT NULL,
  description text NOT NULL,
  section text NOT NULL,
  vegetarian boolean NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents BETWEEN 1 AND 1000000),
  stock integer NOT NULL CHECK (stock >= 0),
  is_offered boolean NOT NULL DEFAULT true,
  search_words text NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_words)) STORED,
  UNIQUE (restaurant_id, name)
)
-- Stock changes with every order: its row stays on its page, and no index is touched.
WITH (fillfactor = 70);
CREATE INDEX dishes_search ON dishes USING gin (search);

CREATE TABLE cart_items (
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  dish_id integer NOT NULL REFERENCES dishes,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 50),
  PRIMARY KEY (account_id, dish_id)
);
