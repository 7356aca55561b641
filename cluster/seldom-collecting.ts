/** For programs in Go that have memory to spare here: less time for collecting, up to a bound. */
export const seldomCollecting = { GOGC: '300', GOMEMLIMIT: '768MiB' };
