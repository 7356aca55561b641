import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, editDistance, nearest } from '../../../validators/text/nearest.ts';

const distances: readonly (readonly [string, string, number])[] = [
  ['', '', 0],
  ['kind', 'kind', 0],
  ['', 'kind', 4],
  ['kind', '', 4],
  ['kin', 'kind', 1],
  ['kindd', 'kind', 1],
  ['kond', 'kind', 1],
  ['knid', 'kind', 1],
  ['kitten', 'sitting', 3],
  // Not the unrestricted distance of Damerau, 2: no letter is moved twice.
  ['ca', 'abc', 3],
];

for (const [a, b, distance] of distances) {
  test(`"${a}" is ${distance} edits from "${b}", and the other way round`, () => {
    assert.is(editDistance(a, b), distance);
    assert.is(editDistance(b, a), distance);
  });
}

test('the nearest candidate is the one with the fewest edits, whatever the case', () => {
  assert.is(nearest('Deploymnet', ['DaemonSet', 'Deployment', 'Endpoints']), 'Deployment');
  assert.is(nearest('KIND', ['minikube', 'kind']), 'kind');
});

test('of candidates equally near, the first is meant', () => {
  assert.is(nearest('kinx', ['kind', 'kink']), 'kind');
});

test('a word that is far from every candidate suggests nothing', () => {
  assert.is(nearest('frontend', ['kind', 'production']), undefined);
  assert.is(nearest('kind', []), undefined);
});

test('a short word may differ in two letters, a long one in a third', () => {
  assert.is(nearest('ab', ['abcd']), 'abcd');
  assert.is(nearest('abc', ['abcdef']), undefined);
  assert.is(nearest('streaming', ['steraminf']), 'steraminf');
});

test('the suggestion is a clause that continues a sentence, or nothing', () => {
  assert.is(didYouMean('knid', ['kind']), ' (did you mean "kind"?)');
  assert.is(didYouMean('elsewhere', ['kind']), '');
  assert.is(didYouMean('preempt', ['preempt', 'streaming']), '');
});

test.run();
