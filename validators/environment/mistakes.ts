import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Mistake } from '../mistaken-files.ts';
import { pathOf } from '../schemas/validate.ts';
import { lineAt } from '../source/line-at.ts';
import { didYouMean } from '../text/nearest.ts';
import { schemaFile } from './environment.ts';

let compiled: Promise<ValidateFunction> | undefined;

async function compile(): Promise<ValidateFunction> {
  const schema = JSON.parse(await readFile(schemaFile, 'utf8')) as object;
  return new Ajv({ allErrors: true, verbose: true }).compile(schema);
}

/** Every way in which an environment file's content does not fit its schema, with line, field and the way out. */
export async function mistakesOf(content: unknown, text: string): Promise<Mistake[]> {
  compiled ??= compile();
  const validate = await compiled;
  validate(content);
  return (validate.errors ?? []).map((error) => {
    const path = fieldOf(error);
    return { ...(path === '' ? {} : { path }), line: lineAt(text, path), message: describe(error) };
  });
}

/** The field that is to be mended: one that should not be there by its own name. */
function fieldOf({ instancePath, keyword, params }: ErrorObject): string {
  const field = pathOf(instancePath);
  if (keyword !== 'additionalProperties') return field;
  const name = String(params.additionalProperty);
  return field === '' ? name : `${field}.${name}`;
}

function describe({ instancePath, keyword, message, params, data, parentSchema }: ErrorObject): string {
  const field = pathOf(instancePath) || 'the document';
  const found = `${field} is ${JSON.stringify(data)}`;
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(params.additionalProperty);
      return `${field} has no field ${name}${didYouMean(name, Object.keys(parentSchema?.properties ?? {}))}`;
    }
    case 'required':
      return `${field} must have the field ${params.missingProperty}`;
    case 'type': {
      const quotes = params.type === 'string' && typeof data !== 'object' ? ': write it in quotes' : '';
      return `${found} and must be ${/^[aeiou]/.test(params.type) ? 'an' : 'a'} ${params.type}${quotes}`;
    }
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      return `${found} and must be one of ${allowed.join(', ')}${didYouMean(String(data), allowed)}`;
    }
    case 'const':
      return `${found} and must be ${JSON.stringify(params.allowedValue)}`;
    case 'pattern':
      return parentSchema?.title === 'quantity'
        ? `${found}, which is no quantity (as "500m", "8", "16Gi")`
        : `${found} and must match ${params.pattern}`;
    default:
      return `${field} ${message}`;
  }
}
