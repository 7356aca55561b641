import { commonKinds, HttpProblem, type Kind, problemDocuments, schemaFaults } from '@plumbline/kit/http';
import { isAway } from '@plumbline/kit/postgres';
import type { FastifyError, FastifyInstance } from 'fastify';

/** Everything that can be wrong with a request, by the last part of its type: RFC 9457, section 3. */
export const kinds = {
  ...commonKinds,
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    means:
      'A parameter or a property is unknown, lacks, or is not of its form. "errors" lists each; mend them.',
  },
  'not-signed-in': {
    status: 401,
    title: 'You are not signed in',
    means: 'There is no access token, or it is not good, or not any more. Refresh the session, or log in.',
  },
  'wrong-login': {
    status: 401,
    title: 'The e-mail address or the password is wrong',
    means: 'It is not said which.',
  },
  'session-ended': {
    status: 401,
    title: 'The session has ended',
    means: 'The refresh token is unknown, expired, or was used already, which ends its session. Log in.',
  },
  'not-yours-to-do': {
    status: 403,
    title: 'This is for others to do',
    means: 'The role of the account does not allow it.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    means: 'No such path or thing, or it is not yours to see. /api/docs lists the paths.',
  },
  'email-taken': {
    status: 409,
    title: 'There is an account of this e-mail address',
    means: 'Log in, or take another address.',
  },
  'sold-out': {
    status: 409,
    title: 'There is not enough left',
    means: 'Nothing was ordered. "errors" lists each dish and what is left of it.',
  },
  'not-offered': {
    status: 409,
    title: 'It is not offered now',
    means: 'Nothing was ordered: the restaurant is closed, or a dish is off the menu. "errors" lists which.',
  },
  'price-changed': {
    status: 409,
    title: 'The price has changed',
    means: 'Nothing was ordered. Show the new total, and order again if it is still wanted.',
  },
  'wrong-step': {
    status: 409,
    title: 'The order cannot go there from where it is',
    means: 'Somebody else may have moved it. Read it again; "detail" says where it is.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    means: 'A body may have 16 KiB.',
  },
  'url-too-long': { status: 414, title: 'The URL is too long', means: 'A URL may have 2,048 characters.' },
  'not-json': {
    status: 415,
    title: 'The body is not JSON',
    means: 'Bodies are of the type application/json.',
  },
  'contradictory-request': {
    status: 422,
    title: 'The request contradicts itself',
    means: 'Each value has its form, but together they mean nothing. "detail" says which.',
  },
  'key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for something else',
    means: 'The same key came with another order. A key is for one order, however often it is sent.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many of these',
    means: 'Come back after the time that Retry-After says.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at a time',
    means: 'As much as this replica takes is under way. Come back after the time that Retry-After says.',
  },
  'dependency-away': {
    status: 503,
    title: 'The database does not answer',
    means:
      'Whether an order was placed is not known: send it again with the same Idempotency-Key, after the time that Retry-After says.',
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

/** The problem that an error is: one of ours, one of the schema's, the database's, or a mistake of this program. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpProblem) return error as Problem;
  const faults = schemaFaults(error as FastifyError);
  if (faults !== undefined) return new Problem('invalid-request', faults.detail, { errors: faults.errors });
  const { statusCode } = error as FastifyError;
  if (statusCode === 413) return new Problem('body-too-large', 'the body is larger than any request needs');
  if (statusCode === 414) return new Problem('url-too-long', 'a part of the path is too long');
  if (statusCode === 415) return new Problem('not-json', 'the body is not application/json');
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
