import type { Kind } from './problems.ts';

/** What any server of ours may have to say of a request, whatever it is about. */
export const commonKinds = {
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed',
    means: 'The header Allow says which are.',
  },
  'too-slow': {
    status: 408,
    title: 'The request came too slowly',
    means: 'It was not whole within ten seconds. Send it again.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    means: 'All headers together may have 16 KiB.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    means: 'It is a mistake of the server, and in its log.',
  },
  'unknown-method': {
    status: 501,
    title: 'The method is unknown',
    means: 'It is none that HTTP servers know.',
  },
} as const satisfies Record<string, Kind>;
