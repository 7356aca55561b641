import { commonKinds, HttpProblem, type Kind, problemDocuments, schemaFaults } from '@plumbline/kit/http';
import type { FastifyError, FastifyInstance } from 'fastify';

/** Everything that can be wrong with a request, by the last part of its type: RFC 9457, section 3. */
export const kinds = {
  ...commonKinds,
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    means: 'A parameter is unknown, or its value is not of its form. "errors" lists each; mend them.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    means:
      'No such path, location or field. /api/docs lists the paths, /api/locations and /api/fields the rest.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed',
    means: 'Everything here is read only: GET and HEAD.',
  },
  'body-too-large': {
    status: 413,
    title: 'The request has a body that is too large',
    means: 'No request needs a body. Send none.',
  },
  'url-too-long': { status: 414, title: 'The URL is too long', means: 'A URL may have 2,048 characters.' },
  'contradictory-request': {
    status: 422,
    title: 'The request contradicts itself',
    means:
      'Each value has its form, but together they mean nothing: a range that ends before it begins or is too long, or a cursor of another query. "detail" says which.',
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many live streams from one address',
    means: 'Close some, or come back after the time that Retry-After says.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at a time',
    means:
      'As many requests or streams as this replica takes are under way. Come back after the time that Retry-After says.',
  },
  'dependency-away': {
    status: 503,
    title: 'The database does not answer',
    means:
      'What the answer would be made of cannot be reached, or not in time. Come back after the time that Retry-After says.',
  },
} as const satisfies Record<string, Kind>;

export type ProblemName = keyof typeof kinds;

/** What a handler throws to answer with a problem document. */
export class Problem extends HttpProblem<ProblemName> {}

const documents = problemDocuments<ProblemName>(kinds, '/api', {
  other: 'invalid-request',
  tooSlow: 'too-slow',
  headersTooLarge: 'headers-too-large',
  unknownMethod: 'unknown-method',
});
export const { send: sendProblem, refuseUnread } = documents;

/** The problem that an error is: one of ours, one of the schema's, a dependency's, or a mistake of this program. */
export function problemOf(error: unknown, isAway: (error: unknown) => boolean): Problem {
  if (error instanceof HttpProblem) return error as Problem;
  const faults = schemaFaults(error as FastifyError);
  if (faults !== undefined) return new Problem('invalid-request', faults.detail, { errors: faults.errors });
  const { statusCode } = error as FastifyError;
  if (statusCode === 413)
    return new Problem('body-too-large', 'the body is larger than any request needs: none');
  if (statusCode === 414) return new Problem('url-too-long', 'a part of the path is too long');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('invalid-request', (error as Error).message);
  if (isAway(error))
    return new Problem('dependency-away', 'the database does not answer', { retryAfter: 2, cause: error });
  return new Problem('internal-error', 'the server made a mistake; its log says more', { cause: error });
}

/** What each type of problem means, so that its URI leads somewhere. */
export function addProblemRoutes(app: FastifyInstance): void {
  documents.addRoutes(app, 'not-found');
}
