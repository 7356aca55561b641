import {
  boolYaml11Tag,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  mergeTag,
  nullYaml11Tag,
  Schema,
} from 'js-yaml';

/**
 * YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml): `yes` is true and `0755` is octal, but a date stays the
 * text that it is.
 */
const kubernetesSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  nullYaml11Tag,
  boolYaml11Tag,
  intYaml11Tag,
  floatYaml11Tag,
  mergeTag,
]);

/**
 * Parses one YAML document as the API server's clients do.
 * @throws YAMLException with the line when the text is not YAML or a key stands twice.
 */
export function parseYaml(text: string): unknown {
  return load(text, { schema: kubernetesSchema });
}
