DELETE FROM rates WHERE paid_until < now()
