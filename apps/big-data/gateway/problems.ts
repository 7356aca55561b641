import { commonKinds, HttpProblem, type Kind, problemDocuments } from '@plumbline/kit/http';
import type { FastifyError } from 'fastify';

/** Everything that can be wrong with a request, by the last part of its type. */
export const kinds = {
  ...commonKinds,
  'unreadable-body': {
    status: 400,
    title: 'The body cannot be read',
    means:
      'It is not UTF-8, not JSON, or holds no event: one event, an array of events, or one event a line (application/x-ndjson).',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    means: 'It is no HTTP request that the server can read.',
  },
  'no-token': {
    status: 401,
    title: 'The token is missing or wrong',
    means: 'This gateway takes events with "Authorization: Bearer TOKEN" only.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    means: 'Events go to POST /events; /docs lists the rest.',
  },
  'too-slow': {
    status: 408,
    title: 'The request came too slowly',
    means: 'It was not whole within ten seconds. Send it again, smaller.',
  },
  'batch-too-large': {
    status: 413,
    title: 'The batch is too large',
    means: 'More bytes or events than a request may have; "detail" says the limit. Send it in parts.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    means: 'A body is application/json or application/x-ndjson, and not compressed.',
  },
  'wrong-events': {
    status: 422,
    title: 'Some of the events are no events',
    means:
      'Nothing of the request was taken. "errors" lists each wrong event by its index, from 0; mend or leave out those, and send the rest again.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at a time',
    means:
      'As many bytes or events as this replica holds are waiting. Nothing of the request was taken. Come back after the time that Retry-After says.',
  },
  'broker-away': {
    status: 503,
    title: 'Kafka does not answer',
    means:
      'The events were not acknowledged; some may be in the topic all the same. Send the same again, with the same ids, after the time that Retry-After says.',
  },
} as const satisfies Record<string, Kind>;

export type ProblemName = keyof typeof kinds;

/** What a handler throws to answer with a problem document. */
export class Problem extends HttpProblem<ProblemName> {}

export const problems = problemDocuments<ProblemName>(kinds, '', {
  other: 'invalid-request',
  tooSlow: 'too-slow',
  headersTooLarge: 'headers-too-large',
  unknownMethod: 'unknown-method',
});

/** The problem that an error is: one of ours, one of the framework's, or a mistake of this program. */
export function problemOf(error: unknown, bodyBytes: number): Problem {
  if (error instanceof HttpProblem) return error as Problem;
  const { statusCode, message } = error as FastifyError;
  if (statusCode === 413) return new Problem('batch-too-large', `a request may have ${bodyBytes} bytes`);
  if (statusCode === 415)
    return new Problem(
      'unsupported-media-type',
      'the body is neither application/json nor application/x-ndjson',
    );
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('invalid-request', message);
  return new Problem('internal-error', 'the server made a mistake; its log says more', { cause: error });
}
