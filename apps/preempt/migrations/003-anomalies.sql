-- How far the detector has judged a series, and whether it is in the middle of an event: one transaction moves this
-- and writes the anomaly, so that a window judged again changes nothing.
CREATE TABLE IF NOT EXISTS judgements (
  location_id INT UNSIGNED NOT NULL,
  field_id SMALLINT UNSIGNED NOT NULL,
  judged_until DATETIME NOT NULL,
  open_anomaly BIGINT UNSIGNED NULL,
  PRIMARY KEY (location_id, field_id)
) ENGINE = InnoDB;

-- One event, from the first value above the threshold to the first below the lower one.
CREATE TABLE IF NOT EXISTS anomalies (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  location_id INT UNSIGNED NOT NULL,
  field_id SMALLINT UNSIGNED NOT NULL,
  started_at DATETIME NOT NULL,
  ended_at DATETIME NULL,
  severity ENUM('minor', 'major', 'severe') NOT NULL,
  score DOUBLE NOT NULL COMMENT 'the highest of the event, in robust standard deviations',
  peak_at DATETIME NOT NULL,
  value DOUBLE NOT NULL COMMENT 'at the peak',
  expected DOUBLE NOT NULL,
  lower_bound DOUBLE NOT NULL,
  upper_bound DOUBLE NOT NULL,
  explanation VARCHAR(500) NOT NULL,
  judged_by VARCHAR(100) CHARACTER SET ascii NOT NULL COMMENT 'a model and its version, or the statistics alone',
  withdrawn BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'the source has corrected the value since: there was no event',
  changed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  UNIQUE KEY anomalies_event (location_id, field_id, started_at),
  KEY anomalies_changed (changed_at, id),
  KEY anomalies_recent (started_at, id)
) ENGINE = InnoDB;
