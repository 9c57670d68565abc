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

CREATE TABLE accounts (
  email         text PRIMARY KEY,
  tenant_id     text NOT NULL,
  role          text NOT NULL CHECK (role IN ('customer', 'staff')),
  password_hash text NOT NULL -- salt:scrypt of it, in hexadecimal digits
);

CREATE TABLE sessions (
  token_hash text PRIMARY KEY,
  email      text NOT NULL REFERENCES accounts,
  expires_at timestamptz NOT NULL
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

-- Their passwords are in customers/people.ts.
INSERT INTO accounts (email, tenant_id, role, password_hash) VALUES
  ('ada@acme.example', 'acme', 'customer', '785f53158780e1856d5768b9ce2bac4e:603d2e53803c469d1d6ee0b87a2ea371c721e38deb5cb659203d35752927a5a5'),
  ('grace@globex.example', 'globex', 'customer', '393839dbf7922135fbcfad8533bf5e43:a1a03b5857e3353a09168c8756c68ce1ec4fd36993834902616fe6ca4c7684b7'),
  ('linus@initech.example', 'initech', 'customer', '652104124c9ffe08c8c35903f3387774:86bc3e76114fee6172ea96ea3a52126060c0e297dadb0252bd80eada970b051d'),
  ('staff@shop.example', 'shop', 'staff', '464c3095b9ac1d6e2db7919bdbfe31c1:25011f75c5d78dcf119a2b767ac597b3219fd97330b40353b0ccb239da877b13');
