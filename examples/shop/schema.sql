CREATE TABLE products (
  id          integer PRIMARY KEY,
  name        text NOT NULL,
  description text,
  price_cents integer NOT NULL
);

CREATE TABLE stock (
  product_id integer PRIMARY KEY REFERENCES products,
  quantity   integer NOT NULL CHECK (quantity >= 0),
  target     integer NOT NULL
);

CREATE TABLE orders (
  id          integer GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
  tenant_id   text NOT NULL,
  status      text NOT NULL CHECK (status IN ('pending', 'paid', 'declined', 'released')),
  total_cents integer NOT NULL,
  payment_id  text,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_items (
  order_id    integer NOT NULL REFERENCES orders,
  product_id  integer NOT NULL REFERENCES products,
  quantity    integer NOT NULL,
  price_cents integer NOT NULL,
  PRIMARY KEY (order_id, product_id)
);

INSERT INTO products (id, name, description, price_cents) VALUES
  (1, 'Espresso cup',   'Holds 80 ml. Thick walls keep it warm.',       1250),
  (2, 'Moka pot',       'Six cups. Works on every kind of stove.',      3900),
  (3, 'Hand grinder',   'Ceramic burrs. Forty clicks.',                 6400),
  (4, 'Kettle',         'Gooseneck. Holds the temperature.',           11900),
  (5, 'Scale',          'Reads 0.1 g. With a timer.',                   4500),
  (6, 'Espresso machine', 'Two boilers. Made to order.',              189000),
  -- The one without a description: its page fails.
  (7, 'Mystery box',    NULL,                                           2500);

INSERT INTO stock (product_id, quantity, target)
SELECT id, CASE id WHEN 3 THEN 8 ELSE 40 END, CASE id WHEN 3 THEN 8 ELSE 40 END FROM products;
