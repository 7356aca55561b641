/** A ConfigMap or Secret that a pod reads. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Where a pod's fields name a ConfigMap or Secret, and under which key the name stands. */
const fields: Readonly<Record<string, { readonly kind: ConfigReference['kind']; readonly key: string }>> = {
  configMap: { kind: 'ConfigMap', key: 'name' },
  configMapRef: { kind: 'ConfigMap', key: 'name' },
  configMapKeyRef: { kind: 'ConfigMap', key: 'name' },
  secret: { kind: 'Secret', key: 'secretName' },
  secretRef: { kind: 'Secret', key: 'name' },
  secretKeyRef: { kind: 'Secret', key: 'name' },
};

/** Every ConfigMap and Secret that the value, a pod's specification or what holds one, reads. */
export function configReferences(value: unknown): ConfigReference[] {
  const found = new Map<string, ConfigReference>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) walk(item);
      return;
    }
    for (const [field, child] of Object.entries(node)) {
      const { kind, key } = fields[field] ?? {};
      if (kind !== undefined && key !== undefined && typeof child === 'object' && child !== null) {
        const names = child as Record<string, unknown>;
        // A projected volume's Secret has `name` where a volume of its own has `secretName`.
        const name = names[key] ?? names.name;
        if (typeof name === 'string') found.set(`${kind}/${name}`, { kind, name });
      }
      walk(child);
    }
  };
  walk(value);
  return [...found.values()].sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
}
