-- A blob is announced here before any of it is stored, so that nothing in the store is unknown.
CREATE TABLE blobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, so that a late delete cannot hit a later blob
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

-- Blobs that no row names any more, and whose objects are to be deleted.
CREATE TABLE doomed (
    id BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL
);

-- Replicas ask one clock.
CREATE VIEW clock AS SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms;
