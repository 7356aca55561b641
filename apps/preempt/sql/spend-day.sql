-- The source says that nothing is left, whoever spent it.
UPDATE source_calls SET spent = GREATEST(spent, ?) WHERE day = ?
