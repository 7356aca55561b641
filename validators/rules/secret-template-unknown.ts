import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

type Texts = Readonly<Record<string, unknown>>;

interface Spec {
  readonly target?: {
    readonly template?: {
      readonly data?: Texts;
      readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
    };
  };
  readonly data?: readonly { readonly secretKey?: string }[];
  readonly dataFrom?: readonly unknown[];
}

/** The names that a template takes of what was fetched: `.user`, `$.user`, `index . "user"`. */
function namesIn(template: string): string[] {
  const names: string[] = [];
  for (const [, action = ''] of template.matchAll(/\{\{-?((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^{}"`])*)\}\}/g)) {
    // In a loop, or under `with`, the dot is another thing.
    if (/^\s*(?:range|with|define|template|block)\b/.test(action)) return [];
    if (/^\s*\/\*/.test(action)) continue;
    for (const [, name = ''] of action.matchAll(/\bindex\s+\$?\.\s+"([^"]+)"/g)) names.push(name);
    const bare = action.replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])'/g, ' ');
    for (const [, name = ''] of bare.matchAll(/(?<![\w.)$])\$?\.([A-Za-z_]\w*)/g)) names.push(name);
  }
  return [...new Set(names)];
}

function* inTemplates(object: KubernetesObject, at: string, spec: Spec): Iterable<Problem> {
  const { target } = spec;
  const [data, dataFrom] = [spec.data ?? [], spec.dataFrom ?? []];
  // What is taken whole has names that only the store knows.
  if (dataFrom.length > 0) return;
  const fetched = data.flatMap(({ secretKey }) => secretKey ?? []);
  const { data: made, metadata } = target?.template ?? {};
  for (const [field, texts] of [
    ['data', made ?? {}],
    ['metadata.labels', metadata?.labels ?? {}],
    ['metadata.annotations', metadata?.annotations ?? {}],
  ] as const) {
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text !== 'string') continue;
      for (const name of namesIn(text)) {
        if (fetched.includes(name)) continue;
        yield {
          object,
          path: `${at}.target.template.${field}["${key}"]`,
          message:
            `its template takes {{ .${name} }}, and it fetches ${fetched.join(', ') || 'nothing'}${didYouMean(name, fetched)}: ` +
            'the Secret would not be made, and the pods that use it would wait',
        };
      }
    }
  }
}

/** The template of an ExternalSecret takes what it does not fetch. */
export const secretTemplateUnknown: Rule = {
  id: 'secret-template-unknown',
  severity: 'error',
  family: 'references',
  title: 'the template of an ExternalSecret takes what it does not fetch',
  *check({ model }) {
    for (const object of model.all('external-secrets.io', 'ExternalSecret'))
      yield* inTemplates(object, 'spec', (object.spec ?? {}) as Spec);
    for (const object of model.all('external-secrets.io', 'ClusterExternalSecret')) {
      const { externalSecretSpec = {} } = (object.spec ?? {}) as { readonly externalSecretSpec?: Spec };
      yield* inTemplates(object, 'spec.externalSecretSpec', externalSecretSpec);
    }
  },
};
