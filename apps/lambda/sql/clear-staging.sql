DELETE FROM staging
