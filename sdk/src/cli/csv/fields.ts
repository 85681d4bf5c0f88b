// The fields of a resource as columns of a file, from the OpenAPI document.
import {
	type ApiDocument,
	bodyOf,
	pageOf,
	type Resolve,
	resolver,
	type Schema,
	typesOf,
} from "../document.ts";

/** A field that a column may have; those of an object inside a record are fields of their own. */
export interface Field {
	/** Its name, e.g. `email`, `cf_size`, `billingAddress.city`. */
	readonly name: string;
	readonly kind: "text" | "number" | "boolean" | "list" | "json";
	/** The values that it may have, or its items. */
	readonly values?: readonly string[];
	/** The prefix of the ids that it holds, e.g. `src`. */
	readonly prefix?: string;
	/** The list of what it refers to, e.g. `/lead-sources`, if that is short enough to be searched for a name. */
	readonly list?: string;
	readonly required: boolean;
	/** The schema of its values. */
	readonly schema: Schema;
}

/** The fields that a create of a resource takes. */
export function createFields(document: ApiDocument, resource: string): Field[] {
	const resolve = resolver(document);
	const lists = shortLists(document, resolve);
	return fieldsOf(bodyOf(document.paths[`/${resource}`]?.post, resolve), resolve).map((field) => {
		const list = lists.get(field.prefix ?? "");
		return list ? { ...field, list } : field;
	});
}

/** The fields of the records of a list. */
export function recordFields(document: ApiDocument, resource: string): Field[] {
	const resolve = resolver(document);
	return fieldsOf(recordOf(document, `/${resource}`, resolve), resolve);
}

function recordOf(document: ApiDocument, path: string, resolve: Resolve): Schema | undefined {
	return resolve(pageOf(document.paths[path]?.get, resolve)?.properties?.items?.items);
}

/** The lists of settings, by the prefixes of their ids and of those of the parts of their records. What has batches has many records. */
function shortLists(document: ApiDocument, resolve: Resolve): Map<string, string> {
	const paths = Object.keys(document.paths).filter(
		(path) => !path.includes("{") && !document.paths[`${path}/batch`],
	);
	return new Map(
		paths.flatMap((path) => {
			const record = recordOf(document, path, resolve);
			const parts = Object.values(record?.properties ?? {}).map(({ items }) => resolve(items));
			return [record, ...parts].flatMap((part) => {
				const prefix = prefixOf(part?.properties?.id ?? {});
				return prefix ? [[prefix, path] as const] : [];
			});
		}),
	);
}

/** The prefix of the ids of a schema, if they all have the same. */
const prefixOf = ({ pattern = "" }: Schema): string | undefined => /^\^([a-z]+)_\[/.exec(pattern)?.[1];

/** @param isRequired whether the record that has the fields is required itself */
function fieldsOf(record: Schema | undefined, resolve: Resolve, before = "", isRequired = true): Field[] {
	return Object.entries(record?.properties ?? {}).flatMap(([key, part]) => {
		const schema = resolve(part);
		const name = before + key;
		const required = isRequired && (record?.required?.includes(key) ?? false);
		if (schema.properties) return fieldsOf(schema, resolve, `${name}.`, required);
		const items = resolve(schema.items);
		const values = (schema.enum ?? items?.enum)?.filter((value) => typeof value === "string");
		const prefix = prefixOf(items ?? schema);
		return {
			...{ name, kind: kindOf(schema, items), required, schema },
			...(values ? { values } : {}),
			...(prefix ? { prefix } : {}),
		};
	});
}

function kindOf(schema: Schema, items: Schema | undefined): Field["kind"] {
	const types = typesOf(schema);
	if (types.includes("number") || types.includes("integer")) return "number";
	if (types.includes("boolean")) return "boolean";
	if (items) return typesOf(items).includes("string") ? "list" : "json";
	return types.includes("string") ? "text" : "json";
}
