export type { SchemaIndex, SchemaIndexEntry } from './schema-index.ts';
export {
  readSchemaIndex,
  SCHEMA_FOLDER,
  SCHEMA_TEMPLATE,
  schemaFile,
  schemaFileOf,
  schemaLocation,
} from './schema-index.ts';
