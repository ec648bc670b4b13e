-- A database of version 1, as `sqlite3 mistatus.sqlite3 .dump` prints it, with its version and its journal.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE users (
    folded TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    friendly_name TEXT,
    status INTEGER NOT NULL,
    note TEXT,
    until INTEGER
) STRICT;
INSERT INTO users VALUES ('alice@example.com', 'Alice@Example.com', 'Alice Rivera', 10, 'Ünïcode ''quoted''', 9000000000000);
INSERT INTO users VALUES ('bob@example.com', 'bob@example.com', 'Bob', 6, NULL, NULL);
INSERT INTO users VALUES ('zoe@example.com', 'Zoe@example.com', NULL, 2, NULL, NULL);
CREATE TABLE contacts (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES users (folded) ON DELETE CASCADE,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (owner, contact)
) STRICT;
INSERT INTO contacts VALUES (4, 'alice@example.com', 'zoe@example.com', 'Zoe@example.com');
INSERT INTO contacts VALUES (7, 'alice@example.com', 'nobody@example.com', 'nobody@example.com');
INSERT INTO contacts VALUES (8, 'bob@example.com', 'alice@example.com', 'Alice@example.com');
INSERT INTO contacts VALUES (9, 'alice@example.com', 'bob@example.com', 'BOB@example.com');
PRAGMA user_version = 1;
COMMIT;
