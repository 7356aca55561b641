import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { schemaLocation } from '../../../validators/schemas/index.ts';

/** A run takes a fraction of a second; a schema that kubeconform goes to the network for makes it hang. In milliseconds. */
const TIMEOUT = 10_000;

/** What kubeconform says of one object. */
export interface Verdict {
  readonly kind: string;
  readonly name: string;
  /** apiVersion. */
  readonly version: string;
  readonly status: 'statusValid' | 'statusInvalid' | 'statusError' | 'statusSkipped' | 'statusEmpty';
  readonly msg: string;
}

/**
 * Checks a YAML stream against the vendored schemas, as the project does: strict, and a kind without a schema is an
 * error. The program is `kubeconform` on PATH, or what the environment variable KUBECONFORM names.
 *
 * @throws when it cannot be started, is killed after ten seconds, or answers anything but JSON.
 */
export async function kubeconform(manifests: string): Promise<readonly Verdict[]> {
  const command = process.env.KUBECONFORM ?? 'kubeconform';
  const options = ['-strict', '-verbose', '-output', 'json', '-schema-location', schemaLocation()];
  const child = spawn(command, options, { timeout: TIMEOUT, stdio: ['pipe', 'pipe', 'inherit'] });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new Error(`${command} did not start: name it in KUBECONFORM, or put it on PATH.`, { cause }));
    });
  });
  await started;
  child.stdin.end(manifests);
  const answer: unknown = JSON.parse(await text(child.stdout));
  if (!isAnswer(answer)) throw new Error(`${command} answered in an unknown form.`);
  return answer.resources;
}

function isAnswer(value: unknown): value is { readonly resources: readonly Verdict[] } {
  return (
    typeof value === 'object' && value !== null && 'resources' in value && Array.isArray(value.resources)
  );
}
