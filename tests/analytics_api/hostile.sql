-- One statement a line, tried by test_hostile_sql.py. {secret} is a file with a secret, {out} a folder that must stay
-- empty, {port} a port that must not be called, {file} the replica's file.
-- files that are read
FROM read_csv('{secret}')
SELECT * FROM read_csv_auto('{secret}')
SELECT * FROM read_text('{secret}')
SELECT * FROM read_blob('{secret}')
SELECT * FROM read_json('{secret}')
SELECT * FROM read_json_auto('{secret}')
SELECT * FROM read_json_objects('{secret}')
SELECT * FROM read_ndjson('{secret}')
SELECT * FROM read_ndjson_auto('{secret}')
SELECT * FROM read_ndjson_objects('{secret}')
SELECT * FROM read_json_objects_auto('{secret}')
SELECT * FROM read_parquet('{secret}')
SELECT * FROM parquet_scan('{secret}')
SELECT * FROM parquet_metadata('{secret}')
SELECT * FROM parquet_schema('{secret}')
SELECT * FROM parquet_file_metadata('{secret}')
SELECT * FROM parquet_kv_metadata('{secret}')
SELECT * FROM parquet_bloom_probe('{secret}', 'a', 1)
SELECT * FROM sniff_csv('{secret}')
SELECT * FROM glob('/etc/*')
SELECT * FROM glob('{out}/../*')
SELECT * FROM glob('/proc/self/*')
SELECT * FROM '{secret}'
SELECT * FROM '/etc/passwd'
SELECT * FROM '/etc/*.conf'
SELECT * FROM "/etc/passwd"
FROM 'file:///etc/passwd'
FROM '/proc/self/environ'
FROM read_text('/proc/self/environ')
FROM read_text('/proc/self/cmdline')
FROM read_text('/proc/self/maps')
FROM read_text('/proc/1/environ')
FROM read_blob('/proc/self/mem')
FROM read_blob('/proc/self/fd/3')
FROM read_text('/proc/self/fd/3')
FROM read_text('/dev/stdin')
FROM read_text('/dev/tty')
FROM read_csv('/dev/stdin')
FROM read_text(['{secret}', '{secret}'])
FROM read_text('{secret}*')
FROM read_text('{out}/../{secret}')
FROM read_text('~/.ssh/id_rsa')
FROM read_text('~/.bash_history')
FROM read_csv('{secret}', columns={{'a': 'VARCHAR'}}, header=false)
FROM read_csv('{secret}', delim='\0')
FROM read_csv('/etc/shadow', all_varchar=true)
WITH x AS (FROM read_text('{secret}')) FROM x
SELECT (SELECT content FROM read_text('{secret}'))
SELECT 1 WHERE EXISTS (FROM read_text('{secret}'))
SELECT * FROM ticket, read_text('{secret}')
SELECT * FROM ticket JOIN read_text('{secret}') ON true
SELECT * FROM ticket, LATERAL (FROM read_text('{secret}'))
(SELECT 1) UNION ALL (SELECT content FROM read_text('{secret}'))
EXPLAIN SELECT * FROM read_text('{secret}')
EXPLAIN ANALYZE SELECT * FROM read_text('{secret}')
DESCRIBE SELECT * FROM read_text('{secret}')
SUMMARIZE SELECT * FROM read_csv('{secret}')
SUMMARIZE '{secret}'
DESCRIBE '{secret}'
DESCRIBE TABLE '{secret}'
PIVOT read_csv('{secret}') ON column0
UNPIVOT read_csv('{secret}') ON column0
SELECT * FROM query('FROM read_text(''{secret}'')')
SELECT * FROM query_table('{secret}')
SELECT * FROM query_table(['{secret}'])
FROM duckdb_scan('{file}')
FROM sqlite_scan('{file}', 'ticket')
FROM sqlite_attach('{file}')
FROM postgres_scan('host=127.0.0.1 port={port}', 'public', 'person')
FROM postgres_query('x', 'SELECT 1')
FROM mysql_query('x', 'SELECT 1')
FROM iceberg_scan('{out}')
FROM delta_scan('{out}')
FROM st_read('{secret}')
FROM read_xlsx('{secret}')
FROM arrow_scan(1, 2, 3)
FROM arrow_scan_dumb(1, 2, 3)
FROM pandas_scan(1)
FROM python_map_function(1)
FROM seq_scan('ticket')
FROM index_scan('ticket')
FROM load_aws_credentials()
FROM which_secret('s3://x', 's3')
FROM read_duckdb('{file}')
FROM read_duckdb('{file}', table_name='ticket')
FROM read_duckdb('/proc/self/fd/4', table_name='ticket')
FROM query('FROM read_duckdb(''{file}'')')
FROM query_table('{file}')
FROM '{file}'
FROM 'duckdb:{file}'
FROM read_csv('/dev/fd/4', delim='|')
FROM '/dev/fd/3'
FROM read_text('/proc/thread-self/environ')
FROM read_text('/proc/self/root{secret}')
FROM read_text('/proc/self/cwd/pyproject.toml')
FROM read_text('pyproject.toml')
FROM glob('/proc/*/environ')
FROM glob('/dev/shm/*')
FROM glob('**')
FROM read_csv('{secret}', ignore_errors=true, store_rejects=true)
FROM reject_errors
FROM read_avro('{secret}')
FROM 'x.xlsx'
FROM 'x.shp'
FROM 'x.json.gz'
-- the network
FROM 'http://127.0.0.1:{port}/x.csv'
FROM read_csv('http://127.0.0.1:{port}/x.csv')
FROM read_parquet('http://127.0.0.1:{port}/x.parquet')
FROM read_text('http://127.0.0.1:{port}/x')
FROM read_text('https://127.0.0.1:{port}/x')
FROM read_blob('s3://bucket/key')
FROM read_csv('s3://bucket/key.csv')
FROM read_text('gcs://bucket/key')
FROM read_text('azure://container/key')
FROM read_text('hf://datasets/a/b')
FROM read_text('ftp://127.0.0.1:{port}/x')
FROM read_text('unix:///tmp/socket')
SELECT http_get('http://127.0.0.1:{port}')
SELECT http_post('http://127.0.0.1:{port}', '', '')
FROM shellfs('id |')
FROM read_csv('id |')
FROM read_csv('|id')
-- attaching
ATTACH '{file}' AS other
ATTACH '{file}' AS other (READ_ONLY)
ATTACH '{out}/new.duckdb'
ATTACH ':memory:' AS other
ATTACH '' AS other
ATTACH 'http://127.0.0.1:{port}/x.duckdb' AS other
ATTACH 'postgres:host=127.0.0.1 port={port}' AS pg (TYPE postgres)
ATTACH 'ducklake:{out}/x' AS lake
ATTACH DATABASE '{file}' AS other
ATTACH IF NOT EXISTS '{file}' AS other
DETACH lodge
USE system
USE temp
USE lodge.internal
-- copying out
COPY ticket TO '{out}/ticket.csv'
COPY ticket TO '{out}/ticket.parquet'
COPY (SELECT 1) TO '{out}/one.csv'
COPY (SELECT 1) TO '/dev/stdout'
COPY (SELECT 1) TO '/dev/stderr'
COPY (SELECT 1) TO '/proc/self/fd/5'
COPY (SELECT 1) TO '/dev/shm/lodge-was-here'
COPY (SELECT 1) TO '/proc/self/oom_score_adj'
COPY (SELECT 1) TO 'http://127.0.0.1:{port}/x.csv'
COPY (SELECT 1) TO '{out}' (FORMAT parquet, PARTITION_BY (a), OVERWRITE)
COPY ticket FROM '{secret}'
COPY FROM DATABASE lodge TO other
EXPORT DATABASE '{out}'
EXPORT DATABASE '{out}' (FORMAT parquet)
IMPORT DATABASE '{out}'
EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}/one.csv'
EXPLAIN COPY (SELECT 1) TO '{out}/one.csv'
-- extensions
INSTALL httpfs
INSTALL spatial FROM community
INSTALL '{out}/x.duckdb_extension'
FORCE INSTALL httpfs
LOAD httpfs
LOAD '{out}/x.duckdb_extension'
LOAD '/usr/lib/x86_64-linux-gnu/libc.so.6'
UPDATE EXTENSIONS
CALL load('httpfs')
FROM duckdb_extensions()
FROM duckdb_extensions() WHERE loaded
SELECT st_point(1, 2)
SELECT st_read('{secret}')
SELECT excel_text(1, '0.00')
SELECT '127.0.0.1'::INET
SELECT fts_main_ticket.match_bm25(1, 'x')
SELECT array_cosine_distance([1.0]::FLOAT[1], [2.0]::FLOAT[1])
FROM tpch_queries()
FROM tpcds(1)
FROM sqlsmith()
FROM ducklake_snapshots('{out}')
FROM hnsw_index_scan('a', 'b')
SELECT uuidv7(), hash('x'), version()
-- settings
SET enable_external_access = true
SET lock_configuration = false
SET threads = 64
SET memory_limit = '100GB'
SET temp_directory = '{out}'
SET home_directory = '{out}'
SET extension_directory = '{out}'
SET allow_unsigned_extensions = true
SET allowed_paths = ['/']
SET allowed_directories = ['/']
SET python_enable_replacements = true
SET log_query_path = '{out}/log'
SET profiling_output = '{out}/profile'
SET enable_profiling = 'json'
SET GLOBAL threads = 64
SET SESSION threads = 64
SET VARIABLE x = 1
SET schema = 'internal'
SET search_path = 'internal'
SET TimeZone = 'Asia/Tokyo'
SET max_temp_directory_size = '100GB'
SET secret_directory = '{out}'
SET custom_extension_repository = 'http://127.0.0.1:{port}'
SET http_proxy = '127.0.0.1:{port}'
SET allocator_background_threads = true
SET debug_force_external = true
RESET enable_external_access
RESET lock_configuration
RESET threads
PRAGMA enable_profiling
PRAGMA enable_profiling='query_tree'
PRAGMA enable_profile
PRAGMA profiling_output='{out}/profile'
PRAGMA enable_progress_bar
PRAGMA enable_print_progress_bar
PRAGMA enable_logging
PRAGMA enable_object_cache
PRAGMA enable_checkpoint_on_shutdown
PRAGMA force_checkpoint
PRAGMA database_list
PRAGMA database_size
PRAGMA show_tables_expanded
PRAGMA table_info('ticket')
PRAGMA storage_info('ticket')
PRAGMA version
PRAGMA platform
PRAGMA user_agent
PRAGMA functions
PRAGMA metadata_info
PRAGMA import_database('{out}')
PRAGMA threads=64
PRAGMA memory_limit='100GB'
PRAGMA temp_directory='{out}'
PRAGMA log_query_path='{out}/log'
PRAGMA disable_verification
PRAGMA verify_parallelism
PRAGMA debug_checkpoint_abort='before_header'
PRAGMA lock_configuration=false
CALL enable_logging()
CALL enable_logging('QueryLog', storage='file', storage_path='{out}')
CALL enable_logging(storage='stdout')
CALL set_log_storage('stdout')
CALL truncate_duckdb_logs()
CALL enable_profiling()
CALL enable_profiling(save_location='{out}/profile')
CALL disable_profiling()
CALL pragma_version()
CALL force_checkpoint()
CALL checkpoint()
CALL start_ui()
CALL start_ui_server()
CALL parquet_metadata('{secret}')
CALL read_text('{secret}')
FROM enable_logging()
FROM enable_profiling()
FROM enable_profiling(save_location='{out}/profile')
FROM force_checkpoint()
FROM checkpoint()
FROM start_ui()
FROM truncate_duckdb_logs()
FROM sql_auto_complete('SELECT ')
FROM dbgen(sf=1)
CALL dbgen(sf=1)
-- secrets, logs, catalogues: allowed or not, they hold nothing
FROM duckdb_secrets()
CREATE SECRET (TYPE s3, KEY_ID 'x', SECRET 'y')
CREATE PERSISTENT SECRET x (TYPE http)
DROP SECRET x
FROM duckdb_logs()
FROM duckdb_logs
FROM duckdb_logs_parsed('QueryLog')
FROM duckdb_log_contexts()
FROM duckdb_settings()
FROM duckdb_databases()
FROM duckdb_memory()
FROM duckdb_temporary_files()
FROM duckdb_functions() LIMIT 1
FROM duckdb_external_file_cache()
FROM duckdb_approx_database_count()
FROM duckdb_variables()
FROM duckdb_prepared_statements()
FROM duckdb_connection_count()
FROM duckdb_optimizers()
FROM duckdb_dependencies()
FROM duckdb_tables()
FROM duckdb_views()
FROM duckdb_keywords()
FROM pragma_database_size()
FROM pragma_user_agent()
FROM pragma_storage_info('ticket')
FROM pragma_metadata_info()
FROM information_schema.tables
FROM pg_catalog.pg_settings
FROM pg_catalog.pg_class
FROM sqlite_master
FROM lodge.internal.state
SELECT current_setting('temp_directory')
SELECT current_setting('secret_directory')
SELECT current_setting('home_directory')
SELECT current_setting('lock_configuration'), current_setting('enable_external_access')
SELECT current_setting('allowed_directories'), current_setting('custom_extension_repository')
FROM duckdb_settings() WHERE value LIKE '%lodge%'
FROM duckdb_secret_types()
FROM duckdb_indexes()
FROM duckdb_constraints()
FROM duckdb_schemas()
FROM duckdb_columns() WHERE schema_name = 'internal'
FROM test_all_types()
FROM test_vector_types(NULL::INT)
SELECT getenv('PATH')
SELECT getenv('LODGE_DATABASE_URL')
SELECT current_user, session_user, current_database(), current_schemas(true)
SELECT current_query()
SELECT getvariable('x')
SELECT txid_current()
SELECT pg_read_file('{secret}')
SELECT pg_ls_dir('/')
SELECT pg_sleep(10)
SELECT load_extension('httpfs')
SELECT system('id')
SELECT writefile('{out}/x', 'y')
SELECT readfile('{secret}')
SELECT write_log('x')
SELECT write_log('x', level := 'error', disable_logging := false)
SELECT error('x')
-- writes
INSERT INTO ticket SELECT * FROM ticket
UPDATE ticket SET status = 'closed'
DELETE FROM ticket
TRUNCATE ticket
DROP TABLE ticket
DROP SCHEMA internal CASCADE
DROP DATABASE lodge
ALTER TABLE ticket ADD COLUMN x INTEGER
ALTER TABLE ticket RENAME TO x
ALTER DATABASE lodge RENAME TO x
CREATE TABLE x AS SELECT 1
CREATE TEMP TABLE x AS SELECT range FROM range(1000000000)
CREATE TABLE memory.x AS SELECT 1
CREATE OR REPLACE TABLE ticket AS SELECT 1
CREATE VIEW x AS SELECT 1
CREATE TEMP VIEW ticket AS SELECT 1
CREATE MACRO x() AS 1
CREATE TEMP MACRO x() AS TABLE FROM read_text('{secret}')
CREATE FUNCTION x() AS 1
CREATE SEQUENCE x
CREATE TYPE x AS ENUM ('a')
CREATE INDEX x ON ticket (id)
CREATE SCHEMA x
MERGE INTO ticket USING ticket AS t ON true WHEN MATCHED THEN DELETE
COMMENT ON TABLE ticket IS 'x'
VACUUM
VACUUM ANALYZE ticket
ANALYZE
CHECKPOINT
FORCE CHECKPOINT lodge
BEGIN
BEGIN TRANSACTION READ WRITE
COMMIT
ROLLBACK
PREPARE x AS SELECT 1
EXECUTE x
DEALLOCATE x
EXPLAIN ANALYZE INSERT INTO ticket SELECT * FROM ticket
EXPLAIN ANALYZE DELETE FROM ticket
EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1
EXPLAIN ANALYZE CREATE TEMP TABLE x AS SELECT 1
EXPLAIN ANALYZE DROP TABLE ticket
EXPLAIN SET threads = 9
EXPLAIN ANALYZE SET threads = 9
EXPLAIN ANALYZE ATTACH ':memory:' AS other
WITH x AS (INSERT INTO ticket SELECT * FROM ticket RETURNING id) FROM x
WITH x AS (DELETE FROM ticket RETURNING id) FROM x
SELECT nextval('x')
SELECT setseed(0.5)
-- several statements, comments and other signs
SELECT 1; SELECT 2
SELECT 1; DROP TABLE ticket
SELECT 1;; COPY (SELECT 1) TO '{out}/x.csv'
;
;;;
--
/* */
/* nested /* comment */ */
SELECT 1 -- ; DROP TABLE ticket
SELECT /* ; */ 1; COPY (SELECT 1) TO '{out}/x.csv'
/**/COPY/**/(SELECT 1)/**/TO/**/'{out}/x.csv'
COPY (SELECT 1) TO '{out}/x.csv'
cOpY (SELECT 1) tO '{out}/x.csv'
ＣＯＰＹ (SELECT 1) TO '{out}/x.csv'
SELECT 1； DROP TABLE ticket
SELECT '\u003b'; DROP TABLE ticket
SELECT $$ ; $$; DROP TABLE ticket
SELECT $a$ ; $a$ ; INSTALL httpfs
SELECT E'\'; DROP TABLE ticket; --'
SELECT ‘x’
SELECT 1 ; ATTACH ':memory:' AS o
PIVOT ticket ON status; DROP TABLE ticket
PIVOT (SELECT 1 AS a) ON a; COPY (SELECT 1) TO '{out}/x.csv'
FROM query('SELECT 1; SELECT 2')
FROM query('DROP TABLE ticket')
FROM query('COPY (SELECT 1) TO ''{out}/x.csv''')
FROM query('SET threads = 9')
FROM query('FROM query(''FROM query(''''SELECT 1'''')'')')
FROM query_table('ticket; DROP TABLE ticket')
SELECT * FROM connection
SELECT * FROM request
SELECT * FROM self
SELECT * FROM sys
SELECT * FROM os
SELECT * FROM "__main__"
SELECT sql FROM request
FROM snapshot
SELECT __import__('os')
SELECT $secret
SELECT ?
.read {secret}
.shell id
\! id
!id
-- what takes long, or much
SELECT repeat('x', 2000000000)
SELECT repeat('x', 900000000) || repeat('y', 900000000)
SELECT length(repeat(repeat('x', 100000), 100000))
SELECT list_sum(range(4000000000))
SELECT range(10000000000)
SELECT string_agg(range::VARCHAR, '') FROM range(10000000000)
SELECT list(range) FROM range(10000000000)
SELECT count(*) FROM range(100000000000)
SELECT count(*) FROM range(10000000) a, range(10000000) b
SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b
SELECT count(*) FROM range(100000) a JOIN range(100000) b ON a.range < b.range JOIN range(100000) c ON b.range < c.range
SELECT * FROM range(100000000) a, range(100000000) b
SELECT DISTINCT a.range % 1000000007 FROM range(1000000000) a
SELECT * FROM range(1000000000) ORDER BY hash(range)
SELECT range, row_number() OVER (ORDER BY hash(range)) FROM range(1000000000)
SELECT median(range) FROM range(10000000000)
SELECT count(DISTINCT hash(range)) FROM range(10000000000)
SELECT approx_quantile(random(), 0.5) FROM range(100000000000)
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n FROM x) FROM x
WITH RECURSIVE x(n) AS (SELECT 'x' UNION ALL SELECT n || n FROM x) SELECT max(length(n)) FROM x
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT a.n FROM x a, x b) SELECT count(*) FROM x
SELECT regexp_matches(repeat('a', 1000000), '(a*)*b')
SELECT regexp_replace(repeat('a', 100000000), 'a', 'aaaaaaaaaa', 'g')
SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))
SELECT damerau_levenshtein(repeat('a', 50000), repeat('b', 50000))
SELECT jaccard(repeat('a', 100000000), 'b')
SELECT list_sort(list_transform(range(100000000), x -> hash(x)))
SELECT list_reduce(range(100000000), (x, y) -> x + y)
SELECT md5(repeat('x', 500000000))
SELECT json_array_length(repeat('[', 1000000))
SELECT from_json(repeat('[', 100000), '"JSON"')
SELECT format('{{:>2000000000}}', 'x')
SELECT printf('%2000000000d', 1)
SELECT lpad('x', 2000000000, 'y')
SELECT bitstring('1', 2000000000)
SELECT array_fill(1, 1000000000)
SELECT unnest(range(10000000000))
SELECT unnest(generate_series(1, 10000000000))
SELECT 9999999999999999999999999999999999999 * 9999999999
SELECT factorial(1000000)
SELECT 10::HUGEINT ** 1000000
SELECT repeat('x', 1000000) FROM range(100000)
SELECT encode(repeat('x', 100000000))::VARCHAR
SELECT to_base64(repeat('x', 300000000)::BLOB)
SUMMARIZE SELECT hash(range) FROM range(10000000000)
EXPLAIN ANALYZE SELECT count(*) FROM range(100000000000)
PIVOT (SELECT range % 100000 AS a FROM range(1000000)) ON a
PIVOT (SELECT range AS a, repeat('x', 1000) || range AS b FROM range(5000)) ON b
SELECT repeat('x', 8000000) FROM range(1000)
SELECT repeat('é"\', 2000000)
SELECT repeat('x', 100000000) FROM range(3)
SELECT string_split(repeat('a,', 50000000), ',')
SELECT array_to_string(range(1000000000), ',')
SELECT regexp_extract_all(repeat('a', 50000000), '.')
SELECT sha256(repeat('x', 1000000000))
SELECT (repeat('[', 5000) || repeat(']', 5000))::JSON
SELECT (repeat('{{"a":', 5000) || '1' || repeat('}}', 5000))::JSON
SELECT strftime(TIMESTAMP '2026-01-01', repeat('%Y', 20000000))
SELECT histogram(random()) FROM range(100000000)
SELECT map_from_entries(list_transform(range(10000000), x -> (x, x)))
FROM repeat('x', 10000000000)
FROM repeat_row(1, 2, num_rows=10000000000)
FROM generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 MICROSECOND)
WITH RECURSIVE x(n, m) USING KEY (n) AS (SELECT 1, 1 UNION SELECT n + 1, m FROM x) SELECT count(*) FROM x
SELECT count(*) FROM ticket a, ticket b, ticket c, range(100000000) d, range(1000000) e
