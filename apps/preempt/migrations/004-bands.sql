-- What is usual, for people who look at a chart: written by the trainer from what it has learned.
CREATE TABLE IF NOT EXISTS bands (
  location_id INT UNSIGNED NOT NULL,
  field_id SMALLINT UNSIGNED NOT NULL,
  part TINYINT UNSIGNED NOT NULL COMMENT 'of the UTC day, three hours each, from 0',
  usual DOUBLE NOT NULL,
  lower_bound DOUBLE NOT NULL,
  upper_bound DOUBLE NOT NULL,
  changed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  PRIMARY KEY (location_id, field_id, part)
) ENGINE = InnoDB;
