import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import { request as requestTls } from 'node:https';

/** Of one hop, and not of what it carries: RFC 9110, section 7.6.1. */
const ofTheHop = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  'host',
]);
/** Until the first bytes of an answer; a stream stays open for as long as it tells something. */
const answersWithin = 30_000;

/** What a connection that was kept says once its other end has closed it. */
const closings = new Set(['ECONNRESET', 'EPIPE']);

/** Whether Node sends it whole without what the client still has to send. */
const hasNoBody = ({ method, headers }: IncomingMessage) =>
  (method === 'GET' || method === 'HEAD') &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined;

/**
 * Passes requests on to the backend as an ingress does, for whoever comes without one: its address is added to those that it
 * says it speaks for. What only reads is asked once more, where a connection that was kept proves to be closed: a backend
 * that ends closes its own.
 * @param onError told why the backend gave no answer, which whoever asks is not
 * @param deadline milliseconds until the first bytes of an answer: what is late is not asked again
 */
export function createPassOn(
  backendUrl: string,
  onError: (error: unknown, url: string) => void,
  deadline = answersWithin,
) {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 20, timeout: 60_000 });
  const ask = backendUrl.startsWith('https:') ? requestTls : request;
  const send = (incoming: IncomingMessage, answer: ServerResponse, isAgain: boolean): void => {
    const outgoing = ask(backendUrl, {
      method: incoming.method ?? 'GET',
      // As it came: a URL would take `..` for a way out of the API.
      path: incoming.url ?? '/',
      ...(ask === request ? { agent: isAgain ? false : agent } : {}),
      headers: headersFor(incoming),
    });
    const late = setTimeout(() => outgoing.destroy(new Error('it did not answer')), deadline);
    outgoing.on('response', (response) => {
      clearTimeout(late);
      const kept = Object.entries(response.headers).filter(([name]) => !ofTheHop.has(name));
      answer.writeHead(response.statusCode ?? 502, Object.fromEntries(kept));
      answer.flushHeaders();
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      const wasClosed = outgoing.reusedSocket && closings.has(error.code ?? '');
      if (answer.headersSent || answer.destroyed) answer.destroy();
      else if (!isAgain && wasClosed && hasNoBody(incoming)) send(incoming, answer, true);
      else {
        onError(error, incoming.url ?? '/');
        answer.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2' });
        const problem = { type: 'about:blank', title: 'The shop is away', status: 503 };
        answer.end(JSON.stringify({ ...problem, detail: 'the backend does not answer' }));
      }
    });
    answer.on('close', () => {
      clearTimeout(late);
      if (!answer.writableFinished) outgoing.destroy();
    });
    if (hasNoBody(incoming)) outgoing.end();
    else incoming.pipe(outgoing);
  };
  return (incoming: IncomingMessage, answer: ServerResponse): void => send(incoming, answer, false);
}

function headersFor(incoming: IncomingMessage): OutgoingHttpHeaders {
  const named = (incoming.headers.connection ?? '').toLowerCase().split(/ *, */);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !ofTheHop.has(name) && !named.includes(name)),
  );
  // Whatever `connection` names: Node frames no body of GET and DELETE by itself, and without it is the next request.
  const { 'content-length': length, 'transfer-encoding': coding } = incoming.headers;
  const framing =
    coding !== undefined
      ? { 'transfer-encoding': 'chunked' }
      : length !== undefined
        ? { 'content-length': length }
        : {};
  const before = incoming.headers['x-forwarded-for'];
  const forwarded = [before, incoming.socket.remoteAddress].flat().filter((one) => one !== undefined);
  return {
    ...headers,
    ...framing,
    'x-forwarded-for': forwarded.join(', '),
    'x-forwarded-host': incoming.headers['x-forwarded-host'] ?? incoming.headers.host ?? '',
    'x-forwarded-proto': incoming.headers['x-forwarded-proto'] ?? 'http',
  };
}
