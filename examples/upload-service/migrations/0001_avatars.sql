-- The schema of SQLite and PostgreSQL. src/storage/database.rs replaces the names in braces.

-- The row of a blob is inserted before its first object is stored, so that the database knows every object in the store.
-- Ids are never reused, so that a late delete cannot hit a newer blob.
CREATE TABLE blobs (
    id {auto_increment_key},
    hash TEXT NOT NULL UNIQUE,
    recipe TEXT NOT NULL,
    touched_ms BIGINT NOT NULL,
    leased_ms BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE avatars (
    user_id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    blob_id BIGINT NOT NULL REFERENCES blobs (id)
);

CREATE INDEX avatars_of_blob ON avatars (blob_id);

-- Blobs whose row is deleted and whose objects are still to be deleted.
CREATE TABLE retired_blobs (
    id BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL
);

-- All replicas use the clock of the database.
CREATE VIEW clock AS SELECT CAST({epoch_seconds} * 1000 AS BIGINT) AS now_ms;
