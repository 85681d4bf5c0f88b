// Examples of bodies: the schema's own example, or one composed of the examples of its parts.
import { type Schema, type Schemas, schemaName } from "./types.ts";

/** An example that the schema accepts; undefined if neither it nor its parts have one. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
	if ("$ref" in schema) {
		const target = schemas[schemaName(schema.$ref)];
		return target && exampleOf(target, schemas);
	}
	if (schema.example !== undefined) return isOptionalTime(schema) ? null : schema.example;
	const { allOf, anyOf, oneOf, properties, items, enum: values } = schema;
	if (allOf) return Object.assign({}, ...allOf.map((part) => exampleOf(part, schemas)));
	const [first] = anyOf ?? oneOf ?? [];
	if (first) return exampleOf(first, schemas);
	if (properties) {
		return Object.fromEntries(
			Object.entries(properties).flatMap(([name, property]) => {
				const example = exampleOf(property, schemas);
				return example === undefined ? [] : [[name, example]];
			}),
		);
	}
	if (items) {
		const item = exampleOf(items, schemas);
		return item === undefined ? [] : [item];
	}
	if (values) return values[0];
	if (schema.default !== undefined) return schema.default;
	const types = [schema.type].flat();
	if (types.includes("null")) return null;
	return types.includes("boolean") ? false : undefined;
}

/** Whether to show null: an optional time mostly stands for something that has not happened (deleted, revoked, disabled). */
function isOptionalTime(schema: Exclude<Schema, { $ref: string }>): boolean {
	return schema.format === "date-time" && [schema.type].flat().includes("null");
}
