import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shortenError } from '../../../apps/kit/log-error.ts';

test('tries of tries are one line: the whole, and what it began with', () => {
  const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  const tries = (what: string, errors: readonly Error[]) => new AggregateError(errors, what);
  const nested = tries('metadata failed 3 times', [
    tries('no broker answers', [new Error('no connection', { cause: refused }), refused]),
    tries('no broker answers', [refused]),
  ]);
  assert.equal(shortenError(nested), {
    type: 'AggregateError',
    message: 'metadata failed 3 times',
    cause: 'connect refused (ECONNREFUSED)',
  });
  assert.ok(JSON.stringify(shortenError(tries('all', Array(500).fill(nested)))).length < 200);
});

test('an error of the program keeps its stack, and one of a client its code', () => {
  const error = Object.assign(new TypeError('x is no function'), { code: 'ERR_X' });
  const { type, message, code, stack } = shortenError(error);
  assert.equal([type, message, code], ['TypeError', 'x is no function', 'ERR_X']);
  assert.match(stack ?? '', /log-error\.test/);
});

test('what is no error, or its own cause, is told all the same', () => {
  assert.equal(shortenError('gone'), { type: 'string', message: 'gone' });
  const round = new Error('round');
  round.cause = round;
  assert.is(shortenError(round).message, 'round');
});

test.run();
