import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A kind of problem that a server answers with: RFC 9457, section 3. */
export interface Kind {
  readonly status: number;
  readonly title: string;
  /** What it means, and the way out. */
  readonly means: string;
}

export interface ProblemOptions {
  /** What is wrong, one by one. */
  readonly errors?: readonly object[];
  /** Seconds after which to come back. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** What a handler throws to answer with a problem document. */
export class HttpProblem<Name extends string = string> extends Error {
  override readonly name = 'Problem';
  readonly kind: Name;
  readonly errors: readonly object[];
  readonly retryAfter: number | undefined;

  constructor(kind: Name, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.kind = kind;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/** The kinds that answer what Node's parser could not read. */
export interface Unread<Name extends string> {
  readonly other: Name;
  readonly tooSlow: Name;
  readonly headersTooLarge: Name;
  readonly unknownMethod: Name;
}

export interface Problems<Name extends string> {
  /** Answers with `application/problem+json`. */
  readonly send: (request: FastifyRequest, reply: FastifyReply, problem: HttpProblem<Name>) => FastifyReply;
  /** Answers what Node could not read as a request, and closes: there is no reply to answer with. */
  readonly refuseUnread: (error: NodeJS.ErrnoException, socket: Socket) => void;
  /** Adds what each type of problem means, so that its URI leads somewhere. */
  readonly addRoutes: (app: FastifyInstance, notFound: Name) => void;
}

const contentType = 'application/problem+json; charset=utf-8';

/** The problem documents of a server, from a closed list; their types are paths below `<base>/problems`. */
export function problemDocuments<Name extends string>(
  kinds: Readonly<Record<Name, Kind>>,
  base: string,
  unread: Unread<Name>,
): Problems<Name> {
  const documentOf = ({ kind, message, errors }: HttpProblem<Name>, instance?: string) => {
    const { status, title } = kinds[kind];
    return {
      type: `${base}/problems/${kind}`,
      title,
      status,
      detail: message,
      ...(instance === undefined ? {} : { instance }),
      ...(errors.length > 0 ? { errors } : {}),
    };
  };
  /** By the codes of Node's parser. */
  const byCode: Readonly<Record<string, Name | undefined>> = {
    ERR_HTTP_REQUEST_TIMEOUT: unread.tooSlow,
    HPE_HEADER_OVERFLOW: unread.headersTooLarge,
    HPE_INVALID_METHOD: unread.unknownMethod,
  };
  return {
    send(request, reply, problem) {
      if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
      return (
        reply
          .status(kinds[problem.kind].status)
          .header('cache-control', 'no-store')
          .header('content-type', contentType)
          // What no route was found for meets no hook.
          .header('x-content-type-options', 'nosniff')
          .serializer((value: unknown) => JSON.stringify(value))
          .send(documentOf(problem, request.url.slice(0, 2048)))
      );
    },
    refuseUnread(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy();
        return;
      }
      const kind = byCode[error.code ?? ''] ?? unread.other;
      const said = new HttpProblem(kind, 'this is no request that the server can read');
      const body = JSON.stringify(documentOf(said));
      const { status } = kinds[kind];
      const head = [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        `content-type: ${contentType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        'connection: close',
      ];
      socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    },
    addRoutes(app, notFound) {
      const options = { schema: { hide: true }, config: { maxAge: 300 } };
      const all = Object.entries<Kind>(kinds).map(([name, kind]) => ({
        type: `${base}/problems/${name}`,
        ...kind,
      }));
      app.get(`${base}/problems`, options, () => ({ problems: all }));
      app.get(`${base}/problems/:name`, options, (request) => {
        const { name } = request.params as { name: string };
        const known = all.find(({ type }) => type === `${base}/problems/${name}`);
        if (known === undefined) throw new HttpProblem(notFound, `there is no problem ${name}`);
        return known;
      });
    },
  };
}
