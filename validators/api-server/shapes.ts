import { remember } from '../text/remember.ts';

/**
 * The shapes that the API server asks of names, keys and values. Each says what is wrong with a text; undefined for one
 * that is right.
 * Source: k8s.io/apimachinery, `pkg/util/validation`, and `pkg/api/validate/content`.
 */
export type Shape = (text: string) => string | undefined;

function shape(pattern: RegExp, most: number, says: string): Shape {
  return (text) => {
    if (text === '') return 'must not be empty';
    if (text.length > most) return `has ${text.length} characters and may have ${most}`;
    return pattern.test(text) ? undefined : says;
  };
}

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const ends = 'and begins and ends with a letter or a digit';

/** One part of a DNS name, as containers, volumes and Namespaces are named. */
export const dnsLabel = shape(
  new RegExp(`^${label}$`),
  63,
  `may hold only lower-case letters, digits and "-", ${ends}`,
);

/** A DNS label that begins with a letter, as Services are named. */
export const serviceName = shape(
  /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  63,
  'may hold only lower-case letters, digits and "-", begins with a letter and ends with a letter or a digit',
);

/** A DNS name, as most objects are named. */
export const dnsSubdomain = shape(
  new RegExp(`^${label}(?:\\.${label})*$`),
  253,
  `may hold only lower-case letters, digits, "-" and ".", and each part between dots begins and ends with a letter or a digit`,
);

/** A DNS name, or one whose first part is `*`: the host of an Ingress. */
export const hostName: Shape = (text) =>
  dnsSubdomain(text.startsWith('*.') ? text.slice(2) : text) === undefined
    ? undefined
    : 'is no DNS name, nor one that begins with "*."';

/** The name of a port (IANA's service names). */
export const portName: Shape = (text) => {
  if (text.length > 15) return `has ${text.length} characters and may have 15`;
  if (!/^[-a-z0-9]+$/.test(text)) return 'may hold only lower-case letters, digits and "-"';
  if (!/[a-z]/.test(text)) return 'must hold a letter';
  return /--|^-|-$/.test(text) ? 'may not begin or end with "-", nor hold two in a row' : undefined;
};

/** What the name of an object may be where it is only a part of a URL, as RBAC's are. */
export const pathSegment: Shape = (text) =>
  text === '' || text === '.' || text === '..' || /[/%]/.test(text)
    ? 'may not be empty, "." or "..", nor hold "/" or "%"'
    : undefined;

const keyName = shape(
  /^[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/,
  63,
  `may hold only letters, digits, "-", "_" and ".", ${ends}`,
);

/** The key of a label or an annotation: a name, with a DNS name and `/` before it where somebody owns it. */
export const labelKey: Shape = remember(
  (text: string) => {
    const parts = text.split('/');
    if (parts.length > 2) return 'may hold one "/"';
    const [prefix, name] = parts.length === 2 ? parts : [undefined, parts[0]];
    const wrong = prefix === undefined ? undefined : dnsSubdomain(prefix);
    return wrong === undefined ? keyName(name ?? '') : `has a prefix that is no DNS name: it ${wrong}`;
  },
  (text) => text,
);

/** The value of a label. */
export const labelValue: Shape = remember(
  (text: string) => (text === '' ? undefined : keyName(text)),
  (text) => text,
);

/** A key of a ConfigMap or a Secret. */
export const dataKey: Shape = (text) => {
  if (text.startsWith('..') || text === '.') return 'may not be "." nor begin with ".."';
  return dataKeyShape(text);
};
const dataKeyShape = shape(/^[-\w.]+$/, 253, 'may hold only letters, digits, "-", "_" and "."');

/** The name of a variable: since Kubernetes 1.32 any printable ASCII but `=`. */
export const variableName: Shape = (text) => {
  if (text === '') return 'must not be empty';
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(text)
    ? undefined
    : 'may hold only printable ASCII characters but "="';
};

/** A port's number. */
export function portNumber(port: number): string | undefined {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'must lie between 1 and 65535';
}

/** ` (such as "my-name")`: the nearest text of the shape, or nothing where none is near. */
export function suchAs(text: string, wanted: Shape): string {
  const [, most] = /may have (\d+)/.exec(wanted(text) ?? '') ?? [];
  const host = text.replace(/^\w+:\/\//, '').replace(/[:/].*$/, '');
  const lower = (text.toLowerCase().match(/[a-z0-9.-]+/g) ?? []).join('-').replaceAll(/[-.]*-[-.]*/g, '-');
  const candidates = [text.trim(), host, lower, lower.replaceAll('.', '-')].flatMap((candidate) => {
    const cut = most === undefined ? candidate : candidate.slice(0, Number(most));
    return [cut, cut.replaceAll(/^[-._]+|[-._]+$/g, '')];
  });
  const found = candidates.find((candidate) => candidate !== text && wanted(candidate) === undefined);
  return found === undefined ? '' : ` (such as "${found}")`;
}
