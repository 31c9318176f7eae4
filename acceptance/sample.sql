-- A small music shop in the tables that the acceptance tests use; taken when the larger sample is not there.
CREATE TABLE artist (artist_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(120));
CREATE TABLE album (album_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title varchar(160) NOT NULL, artist_id int NOT NULL REFERENCES artist (artist_id));
CREATE TABLE track (track_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(200) NOT NULL, album_id int REFERENCES album (album_id), milliseconds int NOT NULL, unit_price numeric(10,2) NOT NULL);
CREATE TABLE customer (customer_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, first_name varchar(40) NOT NULL, last_name varchar(20) NOT NULL, email varchar(60) NOT NULL);
CREATE TABLE invoice (invoice_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL REFERENCES customer (customer_id), billing_country varchar(40), total numeric(10,2) NOT NULL);
CREATE TABLE invoice_line (invoice_line_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice_id int NOT NULL REFERENCES invoice (invoice_id), track_id int NOT NULL REFERENCES track (track_id), unit_price numeric(10,2) NOT NULL, quantity int NOT NULL);
CREATE TABLE playlist (playlist_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(120));
CREATE TABLE genre (genre_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(120));
INSERT INTO artist (name) SELECT 'Artist ' || i FROM generate_series(1, 10) i;
INSERT INTO album (title, artist_id) SELECT 'Album ' || i, 1 + i % 8 FROM generate_series(1, 20) i;
INSERT INTO track (name, album_id, milliseconds, unit_price) SELECT 'Track ' || i, 1 + i % 20, 1000 * i, 0.99 FROM generate_series(1, 60) i;
INSERT INTO customer (first_name, last_name, email) SELECT 'First ' || i, 'Last ' || i, 'c' || i || '@example.com' FROM generate_series(1, 5) i;
INSERT INTO invoice (customer_id, billing_country, total) SELECT 1 + i % 5, (ARRAY['Norway', 'Chile', 'India'])[1 + i % 3], 0.99 * (1 + i % 4) FROM generate_series(1, 30) i;
INSERT INTO invoice_line (invoice_id, track_id, unit_price, quantity) SELECT 1 + i % 30, 1 + i % 60, 0.99, 1 FROM generate_series(1, 90) i;
INSERT INTO playlist (name) VALUES ('Music'), ('Movies'), ('Audiobooks');
INSERT INTO genre (name) VALUES ('Rock'), ('Jazz');
