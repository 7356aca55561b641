CREATE TABLE orders (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  account_id uuid NOT NULL REFERENCES accounts,
  restaurant_id integer NOT NULL REFERENCES restaurants,
  status text NOT NULL DEFAULT 'placed' CHECK (
    status IN ('placed', 'accepted', 'preparing', 'ready', 'on-the-way', 'delivered', 'rejected', 'cancelled')
  ),
  -- Grows with every change: of two views of an order the one with more is the newer.
  version integer NOT NULL DEFAULT 1,
  courier_id uuid REFERENCES accounts,
  total_cents bigint NOT NULL CHECK (total_cents > 0),
  address text NOT NULL,
  note text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_account ON orders (account_id, number);
CREATE INDEX orders_open ON orders (restaurant_id, number)
  WHERE status NOT IN ('delivered', 'rejected', 'cancelled');

CREATE TABLE order_items (
  order_id uuid NOT NULL REFERENCES orders,
  dish_id integer NOT NULL REFERENCES dishes,
  -- As they were when it was ordered.
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  quantity integer NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, dish_id)
);

CREATE TABLE order_changes (
  order_id uuid NOT NULL REFERENCES orders,
  version integer NOT NULL,
  status text NOT NULL,
  actor_id uuid NOT NULL REFERENCES accounts,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, version)
);

-- The key is there before its order within one transaction, and neither without the other after it.
CREATE TABLE order_keys (
  account_id uuid NOT NULL REFERENCES accounts,
  key text NOT NULL,
  -- SHA-256 of what was asked for.
  fingerprint bytea NOT NULL,
  order_id uuid NOT NULL UNIQUE REFERENCES orders DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (account_id, key)
);

CREATE VIEW order_views AS
SELECT o.id, o.number, o.account_id AS account, o.restaurant_id AS "restaurantId", o.courier_id AS courier,
  r.slug AS restaurant, o.status, o.version, o.total_cents AS "totalCents", o.address, o.note,
  o.placed_at AS "placedAt", o.changed_at AS "changedAt", i.items
FROM orders o
JOIN restaurants r ON r.id = o.restaurant_id
CROSS JOIN LATERAL (
  SELECT json_agg(
    json_build_object('dish', dish_id, 'name', name, 'priceCents', price_cents, 'quantity', quantity)
    ORDER BY dish_id
  ) AS items
  FROM order_items WHERE order_id = o.id
) i;
