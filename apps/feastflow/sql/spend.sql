-- Generic cell rate algorithm: $2 seconds an act, and a minute's worth at once.
INSERT INTO rates AS r (who, paid_until) VALUES ($1, now() + make_interval(secs => $2))
ON CONFLICT (who) DO UPDATE SET paid_until = greatest(r.paid_until, now()) + make_interval(secs => $2)
  WHERE greatest(r.paid_until, now()) + make_interval(secs => $2) <= now() + interval '60.001 seconds'
RETURNING who
