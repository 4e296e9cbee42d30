-- A database of the first release, written by it and dumped: version 1.
BEGIN TRANSACTION;
CREATE TABLE answers (
	namespace VARCHAR(32) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	until_us BIGINT NOT NULL, 
	fingerprint BLOB, 
	status INTEGER, 
	media_type VARCHAR, 
	body BLOB, 
	PRIMARY KEY (namespace, "key")
);
INSERT INTO "answers" VALUES('ours','k','o',1772370000123456,X'66',200,'application/json',X'7B7D');
CREATE TABLE blobs (
	namespace VARCHAR(32) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	until_us BIGINT, 
	PRIMARY KEY (namespace, id)
);
INSERT INTO "blobs" VALUES('ours','file_1',NULL);
CREATE TABLE files (
	place INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	namespace VARCHAR(32) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	filename VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	purpose VARCHAR(32) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	created_us BIGINT NOT NULL, 
	expires_us BIGINT, 
	FOREIGN KEY(namespace, id) REFERENCES blobs (namespace, id) ON DELETE CASCADE
);
INSERT INTO "files" VALUES(1,'ours','file_1','notes.txt','text/plain','general',6,'0000000000000000000000000000000000000000000000000000000000000000',1772366400123456,1772452800123456);
CREATE TABLE pieces (
	blob_namespace VARCHAR(32) NOT NULL, 
	blob_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (blob_namespace, blob_id, position), 
	FOREIGN KEY(blob_namespace, blob_id) REFERENCES blobs (namespace, id) ON DELETE CASCADE
);
INSERT INTO "pieces" VALUES('ours','file_1',0,X'616263');
INSERT INTO "pieces" VALUES('ours','file_1',1,X'646566');
CREATE TABLE store (
	version INTEGER NOT NULL, 
	created_us BIGINT NOT NULL
);
INSERT INTO "store" VALUES(1,1772366400123456);
CREATE TABLE usage (
	namespace VARCHAR(32) NOT NULL, 
	operation VARCHAR(64) NOT NULL, 
	requests BIGINT NOT NULL, 
	failed_requests BIGINT NOT NULL, 
	inputs BIGINT NOT NULL, 
	PRIMARY KEY (namespace, operation)
);
INSERT INTO "usage" VALUES('ours','files.create',3,1,2);
CREATE INDEX blobs_until ON blobs (until_us);
CREATE INDEX answers_until ON answers (until_us);
CREATE UNIQUE INDEX files_id ON files (namespace, id);
CREATE INDEX files_expiry ON files (expires_us);
CREATE INDEX files_newest ON files (namespace, place);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('files',1);
COMMIT;
