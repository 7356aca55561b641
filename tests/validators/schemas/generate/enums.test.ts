import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEnums } from '../../../../validators/schemas/generate/enums.ts';

const GENERATED = `
func schema_k8sio_api_core_v1_Claim(ref common.ReferenceCallback) common.OpenAPIDefinition {
	return common.OpenAPIDefinition{
		Schema: spec.Schema{
			SchemaProps: spec.SchemaProps{
				Properties: map[string]spec.Schema{
					"name": {
						SchemaProps: spec.SchemaProps{
							Type: []string{"string"},
						},
					},
					"accessModes": {
						SchemaProps: spec.SchemaProps{
							Items: &spec.SchemaOrArray{
								Schema: &spec.Schema{
									SchemaProps: spec.SchemaProps{
										Enum:    []interface{}{"ReadOnlyMany", "ReadWriteOnce"},
									},
								},
							},
						},
					},
`;

test('an enum is found by the type and the field that it belongs to', () => {
  const enums = readEnums(GENERATED);
  assert.equal([...enums.keys()], ['core.v1.Claim']);
  assert.equal([...(enums.get('core.v1.Claim') ?? [])], [['accessModes', ['ReadOnlyMany', 'ReadWriteOnce']]]);
});

test('a source without enums is not taken for one that has none', () => {
  assert.throws(() => readEnums('package openapi\n'), 'its form has changed');
});

test.run();
