-- Where the weather is watched. The number is the gazetteer's own, so that a repeated seed changes nothing.
CREATE TABLE IF NOT EXISTS locations (
  id INT UNSIGNED NOT NULL PRIMARY KEY,
  name VARCHAR(200) NOT NULL,
  search_name VARCHAR(200) CHARACTER SET ascii NOT NULL COMMENT 'the name in lower case and without marks, for the search',
  country CHAR(2) CHARACTER SET ascii NOT NULL COMMENT 'ISO 3166-1',
  latitude DECIMAL(8, 5) NOT NULL,
  longitude DECIMAL(8, 5) NOT NULL,
  elevation SMALLINT NULL COMMENT 'metres',
  population INT UNSIGNED NOT NULL,
  timezone VARCHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'IANA',
  collected_at DATETIME(3) NULL COMMENT 'when the stream last accepted what its source gave',
  refused_at DATETIME(3) NULL COMMENT 'when the source last refused it alone',
  KEY locations_due (collected_at, id),
  KEY locations_search (search_name),
  -- What lies outside the source refuses, and with it the whole request that names it.
  CONSTRAINT locations_place CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
) ENGINE = InnoDB;

-- A day's calls of the source, noted before they are made: a killed run has spent them.
CREATE TABLE IF NOT EXISTS source_calls (
  day DATE NOT NULL PRIMARY KEY,
  spent INT UNSIGNED NOT NULL
) ENGINE = InnoDB;

-- Until when the source wants to be left alone, whoever it told: one row.
CREATE TABLE IF NOT EXISTS source_pause (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  paused_until DATETIME(3) NOT NULL,
  reason VARCHAR(300) NOT NULL
) ENGINE = InnoDB;
