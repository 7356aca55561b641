/** For requests that are under way at the end: with preStop and the drain below the pod's grace of 45 s. */
export const lastRequestsMilliseconds = 15_000;

/** What the server reads of its environment. */
export interface Settings {
  readonly port: number;
  readonly hostname: string;
  /** Where the backend is, without a slash at its end. */
  readonly backendUrl: string;
  readonly keepAliveMilliseconds: number;
  readonly drainSeconds: number;
}

/** The variables that are read, and no others. */
export const variables = ['PORT', 'HOSTNAME', 'BACKEND_URL', 'KEEP_ALIVE_TIMEOUT', 'DRAIN_SECONDS'] as const;
type Variable = (typeof variables)[number];

/** @throws Error that names the variable, and says what it has to be. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const value = (name: Variable) => env[name];
  const whole = (name: Variable, fallback: number, least: number, most: number): number => {
    const text = value(name) ?? String(fallback);
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new Error(`${name} is "${text}"; it has to be a whole number from ${least} to ${most}`);
    return number;
  };
  const backendUrl = value('BACKEND_URL') ?? '';
  if (!/^https?:\/\/[^/?#\s]+\/?$/.test(backendUrl))
    throw new Error(
      `BACKEND_URL is "${backendUrl}"; it has to be the backend's origin, as http://backend:5000`,
    );
  return {
    port: whole('PORT', 3000, 1, 65_535),
    hostname: value('HOSTNAME') ?? '0.0.0.0',
    backendUrl: backendUrl.replace(/\/$/, ''),
    keepAliveMilliseconds: whole('KEEP_ALIVE_TIMEOUT', 95_000, 1000, 600_000),
    drainSeconds: whole('DRAIN_SECONDS', 5, 0, 20),
  };
}
