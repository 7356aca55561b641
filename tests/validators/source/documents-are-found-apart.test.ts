import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { seeded } from '../../../apps/kit/index.ts';
import { piecesOf, placedDocuments } from '../../../validators/source/documents.ts';

/** Parts of streams: marks of every sort, comments, blank lines, and texts in which a mark is none. */
const parts = [
  'a: 1\n',
  '# only\n',
  '\n',
  'b:\n  - 1\n  - |\n    ---\n    x\n',
  '--- # c\n',
  '---\n',
  '---\nc: 2\n',
  '---   \n',
  'd: "x\n\n  y"\n',
  '---\n# e\n',
  '--- {f: 1}\n',
  'g: >-\n  ---\n',
];
/** A document that makes a text large. */
const large = `---\nz: "${'x'.repeat(50_000)}"\n`;

test('documents of a large text are the same apart as together, on the same lines', () => {
  const random = seeded(7);
  let compared = 0;
  for (let round = 0; round < 400; round += 1) {
    const count = 1 + Math.floor(random() * 6);
    const text = Array.from({ length: count }, () => parts[Math.floor(random() * parts.length)]).join('');
    const documents = parseAllDocuments(text, { uniqueKeys: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) continue;
    const together = placedDocuments(text + large);
    const apart = (piecesOf(text + large) ?? []).flatMap((piece) => placedDocuments(piece.text, piece.above));
    const told = (all: typeof together) =>
      all.map(({ contents, lineOf }) => [
        JSON.stringify(contents),
        contents && lineOf(contents.range?.[0] ?? 0),
      ]);
    assert.equal(told(apart), told(together), JSON.stringify(text));
    compared += 1;
  }
  assert.ok(compared > 200);
});

test('a small text, and one with directives or ends of documents, is left whole', () => {
  assert.is(piecesOf('a: 1\n---\nb: 2\n'), undefined);
  assert.is(piecesOf(`%YAML 1.2\n${large}`), undefined);
  assert.is(piecesOf(`a: 1\n...\n${large}`), undefined);
});

test.run();
