-- What is usual, for people who look at a chart: written by the trainer from what it has learned. A row that no later
-- training wrote stays: how old it is tells whether it still says what is usual.
CREATE TABLE IF NOT EXISTS bands (
  location_id INT UNSIGNED NOT NULL,
  field_id SMALLINT UNSIGNED NOT NULL,
  part TINYINT UNSIGNED NOT NULL COMMENT 'of the UTC day, three hours each, from 0',
  usual DOUBLE NOT NULL,
  lower_bound DOUBLE NOT NULL,
  upper_bound DOUBLE NOT NULL,
  trained_at DATETIME(3) NOT NULL,
  PRIMARY KEY (location_id, field_id, part)
) ENGINE = InnoDB;
