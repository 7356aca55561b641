/** A host answered, and not with what was asked for. */
export class HostError extends Error {
  /** True where the same may be answered otherwise a moment later. */
  readonly passes: boolean;
  constructor(message: string, passes: boolean, cause?: unknown) {
    super(message, { cause });
    this.passes = passes;
  }
}

const deadline = 20_000;

/**
 * Asks a host's API and reads its JSON.
 * @throws HostError that names the request and what came back.
 */
export async function ask(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<unknown> {
  const what = `${method} ${new URL(url).pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      // A token is for the host that it was given for, and for none that this one sends us to.
      redirect: 'error',
      signal: AbortSignal.timeout(deadline),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new HostError(`${what} was not answered: ${why}`, true, error);
  }
  const { status } = response;
  if (!response.ok)
    throw new HostError(`${what} answered ${status}: ${text.slice(0, 300)}`, status === 429 || status >= 500);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HostError(`${what} answered what is no JSON: ${text.slice(0, 100)}`, false, error);
  }
}

const perPage = 100;

/** Everything of a list that a host gives in pages, by counting them: a link of the answer might lead to another host. */
export async function askAll(url: string, headers: Readonly<Record<string, string>>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const separator = url.includes('?') ? '&' : '?';
    const some = await ask('GET', `${url}${separator}per_page=${perPage}&page=${page}`, headers);
    if (!Array.isArray(some)) throw new HostError(`GET ${new URL(url).pathname} answered no list`, false);
    all.push(...some);
    if (some.length < perPage) return all;
  }
}
