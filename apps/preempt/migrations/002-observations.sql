CREATE TABLE IF NOT EXISTS fields (
  id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) CHARACTER SET ascii NOT NULL,
  unit VARCHAR(32) NOT NULL,
  UNIQUE KEY fields_name (name)
) ENGINE = InnoDB;

-- What was measured: one value a location, field and time, whoever brings it and however often. Of two the later
-- collection is kept, whichever comes first.
CREATE TABLE IF NOT EXISTS observations (
  location_id INT UNSIGNED NOT NULL,
  field_id SMALLINT UNSIGNED NOT NULL,
  observed_at DATETIME NOT NULL,
  value DOUBLE NOT NULL,
  collected_at DATETIME(3) NOT NULL,
  PRIMARY KEY (location_id, field_id, observed_at)
) ENGINE = InnoDB;
