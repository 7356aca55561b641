/** What an expression of a template takes. */
export interface Reference {
  /** The names that lead to it, as `['path', 'basename']`. */
  readonly steps: readonly string[];
  /** As it is written. */
  readonly written: string;
}

/** The expressions of a template, without their braces. */
export function expressionsIn(text: string): string[] {
  return [...text.matchAll(/\{\{-?\s*((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^{}"`])*?)\s*-?\}\}/g)].map(
    ([, inner = '']) => inner,
  );
}

/** True for a text in which an expression is begun and never ended. */
export function isUnclosed(text: string): boolean {
  return text.replaceAll(/\{\{(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^{}"`])*\}\}/g, '').includes('{{');
}

/** What a Go template takes of its parameters; nothing of one in which the dot changes: loops, `with`, parts of its own. */
export function referencesIn(text: string): Reference[] {
  const expressions = expressionsIn(text);
  if (expressions.some((one) => /^(?:range|with|define|template|block)\b/.test(one))) return [];
  return expressions.flatMap((expression) => {
    if (expression.startsWith('/*')) return [];
    const keyed = [...expression.matchAll(/\bindex\s+\$?\.([\w.]+)\s+"([^"]+)"/g)].map(
      ([, path = '', key = '']) => ({ steps: [...path.split('.'), key], written: `index .${path} "${key}"` }),
    );
    const bare = expression
      .replaceAll(/\bindex\s+\$?\.[\w.]+\s+"[^"]+"/g, ' ')
      .replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`/g, ' ');
    const dotted = [...bare.matchAll(/(?<![\w.)$])\$?\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g)].map(
      ([, path = '']) => ({
        steps: path.split('.'),
        written: `.${path}`,
      }),
    );
    return [...keyed, ...dotted];
  });
}

/** What a template of the older form takes, `{{path.basename}}`, in which a name stands for itself. */
export function namesIn(text: string): Reference[] {
  return expressionsIn(text)
    .map((expression) => expression.trim())
    .map((written) => ({ steps: written.replaceAll(/\[(\d+)\]/g, '.$1').split('.'), written }));
}
