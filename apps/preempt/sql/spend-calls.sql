-- One step: of two runs at once, both cannot take what is left.
UPDATE source_calls SET spent = spent + ? WHERE day = ? AND spent + ? <= ?
