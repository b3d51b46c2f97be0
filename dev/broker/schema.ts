/** Schema of the database that the broker keeps its topics in. */
export const BROKER_SCHEMA = 'event_platform_dev';

/**
 * Tables of the broker. Publishing locks its rows of `partitions` until it commits, so positions of a
 * partition have no gaps and become visible in their order.
 */
export const CREATE_SCHEMA = `
CREATE SCHEMA IF NOT EXISTS ${BROKER_SCHEMA};
CREATE TABLE IF NOT EXISTS ${BROKER_SCHEMA}.partitions (
  topic text, partition int, next_position bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS ${BROKER_SCHEMA}.records (
  topic text, partition int, position bigint,
  key bytea, value bytea, headers json NOT NULL, published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition, position),
  FOREIGN KEY (topic, partition) REFERENCES ${BROKER_SCHEMA}.partitions);
CREATE TABLE IF NOT EXISTS ${BROKER_SCHEMA}.positions (
  consumer_group text, topic text, partition int, position bigint NOT NULL,
  PRIMARY KEY (consumer_group, topic, partition),
  FOREIGN KEY (topic, partition) REFERENCES ${BROKER_SCHEMA}.partitions);
`;

/** Creates the missing partitions of a topic ($1 of $2); a topic never gets fewer. */
export const ADD_TOPIC = `
INSERT INTO ${BROKER_SCHEMA}.partitions (topic, partition)
SELECT $1, generate_series(0, $2::int - 1) ON CONFLICT DO NOTHING`;

/** Every topic with its number of partitions. */
export const TOPICS = `
SELECT topic, count(*)::int AS partitions FROM ${BROKER_SCHEMA}.partitions GROUP BY topic`;

/** Appends records to a topic ($1), each to its partition, in their order. */
export const APPEND = `
WITH given AS (
  SELECT * FROM unnest($2::int[], $3::bytea[], $4::bytea[], $5::text[])
    WITH ORDINALITY AS given (partition, key, value, headers, ordinality)),
locked AS (
  SELECT partition, next_position FROM ${BROKER_SCHEMA}.partitions
  WHERE topic = $1 AND partition IN (SELECT partition FROM given) ORDER BY partition FOR UPDATE),
moved AS (
  UPDATE ${BROKER_SCHEMA}.partitions SET next_position = locked.next_position + added.records
  FROM locked JOIN (SELECT partition, count(*) AS records FROM given GROUP BY partition) added USING (partition)
  WHERE partitions.topic = $1 AND partitions.partition = locked.partition)
INSERT INTO ${BROKER_SCHEMA}.records (topic, partition, position, key, value, headers)
SELECT $1, partition, next_position - 1 + row_number() OVER (PARTITION BY partition ORDER BY ordinality),
  key, value, headers::json
FROM given JOIN locked USING (partition)`;

/** Records of a partition ($1, $2) from a position ($3) on, $4 at most. */
export const READ = `
SELECT position::float8, key, value, headers, published_at FROM ${BROKER_SCHEMA}.records
WHERE topic = $1 AND partition = $2 AND position >= $3 ORDER BY position LIMIT $4`;

/** Where a group ($1) stands in a topic ($2); one that is new begins at the first record of a time ($3), or behind all. */
export const JOIN = `
INSERT INTO ${BROKER_SCHEMA}.positions
SELECT $1, topic, partition, coalesce((
  SELECT min(position) FROM ${BROKER_SCHEMA}.records
  WHERE records.topic = partitions.topic AND records.partition = partitions.partition
    AND published_at >= $3::timestamptz), next_position)
FROM ${BROKER_SCHEMA}.partitions WHERE topic = $2 ON CONFLICT DO NOTHING`;

/** Positions of a group ($1) in a topic ($2). */
export const POSITIONS = `
SELECT partition, position::float8 FROM ${BROKER_SCHEMA}.positions
WHERE consumer_group = $1 AND topic = $2 ORDER BY partition`;

/** Moves a group ($1) in a partition ($2, $3) forward to a position ($4). */
export const MOVE = `
UPDATE ${BROKER_SCHEMA}.positions SET position = greatest(position, $4)
WHERE consumer_group = $1 AND topic = $2 AND partition = $3`;
