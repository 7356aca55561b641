/**
 * What a .dockerignore keeps out of a build: the last pattern that matches decides, `!` takes back, and a pattern
 * that names a folder covers what is in it.
 */
export function ignored(patterns: string): (path: string) => boolean {
  const rules = patterns
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const takesBack = line.startsWith('!');
      const pattern = (takesBack ? line.slice(1) : line).replace(/^\.?\//, '').replace(/\/+$/, '');
      return { takesBack, expression: new RegExp(`^${toExpression(pattern)}(?:/.*)?$`) };
    });
  return (path) =>
    rules.reduce((out, { takesBack, expression }) => (expression.test(path) ? !takesBack : out), false);
}

function toExpression(pattern: string): string {
  return pattern
    .split('/')
    .map((part, index, parts) => {
      if (part === '**') return index === parts.length - 1 ? '.*' : '(?:[^/]+/)*';
      const expression = part
        .replaceAll(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]');
      return index === parts.length - 1 ? expression : `${expression}/`;
    })
    .join('');
}
