// From a schema of the document to the fields of a form.
import type { Schemas } from "../api.ts";
import { fieldLabel } from "../format.ts";
import { type Document, parametersOf, resolved, type Schema } from "./document.ts";

type Kind =
	| { readonly type: "text" | "long" | "number" | "date" | "instant" | "flag" | "texts" | "json" }
	| { readonly type: "choices"; readonly options: readonly string[] }
	/** The organization has written the options of a custom field, and may have removed the one that a record has. */
	| { readonly type: "choice"; readonly options: readonly Option[]; readonly isCustom?: boolean }
	/** Ids with one of these prefixes. */
	| { readonly type: "reference" | "references"; readonly prefixes: readonly string[] }
	| { readonly type: "group" | "rows"; readonly fields: readonly Field[] };

interface Option {
	readonly value: string;
	readonly text: string;
}

export interface Field {
	readonly name: string;
	readonly label: string;
	readonly hint: string;
	readonly isRequired: boolean;
	readonly isNullable: boolean;
	/** Of a flag that is true unless another value is sent. */
	readonly isOnByDefault: boolean;
	readonly kind: Kind;
}

/** Longer texts have more than one line. */
const MAX_LINE = 255;

/** What a definition of a field, or a question of a form, says of it. */
type Definition = Pick<
	Schemas["CustomField"],
	"key" | "label" | "type" | "options" | "required" | "helpText"
>;

/** The fields of a named schema; without those that only the server sets. */
export function fieldsOf(document: Document, name: string): readonly Field[] {
	const { properties = {}, required = [] } = document.components.schemas[name] ?? {};
	return propertiesOf(document, properties, required);
}

function propertiesOf(
	document: Document,
	properties: Readonly<Record<string, Schema>>,
	required: readonly string[],
): Field[] {
	return Object.entries(properties).flatMap(([name, property]) => {
		const schema = resolved(document, property);
		return schema.readOnly || name === "id" ? [] : [fieldOf(document, name, schema, required.includes(name))];
	});
}

function fieldOf(document: Document, name: string, schema: Schema, isRequired: boolean): Field {
	return {
		name,
		label: fieldLabel(name),
		hint: schema.description ?? "",
		isRequired,
		isNullable: [schema.type].flat().includes("null"),
		isOnByDefault: /Default on create: `true`/.test(schema.description ?? ""),
		kind: kindOf(document, schema),
	};
}

const idPrefixes = ({ pattern = "" }: Schema): string[] | undefined =>
	pattern.match(/^\^\(?([a-z|]+)\)?_\[0-9a-z\]/)?.[1]?.split("|");

/** A word of the API for the reader: `IN_PROGRESS`, `longText`. */
const worded = (value: string): Option => ({ value, text: fieldLabel(value) });

function kindOf(document: Document, schema: Schema): Kind {
	const types = [schema.type].flat();
	const prefixes = idPrefixes(schema);
	if (schema.enum) return { type: "choice", options: schema.enum.filter((one) => one !== null).map(worded) };
	if (prefixes) return { type: "reference", prefixes };
	if (types.includes("boolean")) return { type: "flag" };
	if (types.includes("number") || types.includes("integer")) return { type: "number" };
	if (types.includes("array")) return listKind(document, resolved(document, schema.items ?? {}));
	if (types.includes("object"))
		return schema.properties
			? { type: "group", fields: propertiesOf(document, schema.properties, schema.required ?? []) }
			: { type: "json" };
	if (schema.format === "date") return { type: "date" };
	if (schema.format === "date-time") return { type: "instant" };
	return { type: (schema.maxLength ?? 0) > MAX_LINE && !schema.pattern ? "long" : "text" };
}

function listKind(document: Document, item: Schema): Kind {
	const prefixes = idPrefixes(item);
	if (prefixes) return { type: "references", prefixes };
	if (item.properties)
		return { type: "rows", fields: propertiesOf(document, item.properties, item.required ?? []) };
	if (item.enum) return { type: "choices", options: item.enum.filter((option) => option !== null) };
	return { type: "texts" };
}

/** The field of a form for one that the organization has defined. */
export function customField({ key, label, type, options, required, helpText }: Definition): Field {
	return {
		name: key,
		label,
		hint: helpText ?? "",
		isRequired: required,
		isNullable: true,
		isOnByDefault: false,
		kind: customKind(type, options),
	};
}

function customKind(type: Definition["type"], options: readonly string[]): Kind {
	switch (type) {
		case "longText":
			return { type: "long" };
		case "number":
		case "currency":
			return { type: "number" };
		case "date":
			return { type: "date" };
		case "boolean":
			return { type: "flag" };
		case "singleSelect":
			// The organization's own words stay as they are.
			return { type: "choice", options: options.map((value) => ({ value, text: value })), isCustom: true };
		case "multiSelect":
			return { type: "choices", options };
		default:
			return { type: "text" };
	}
}

const NOT_FILTERS = new Set([
	...["cursor", "limit", "orderBy", "orderDir", "search", "updatedSince", "includeDeleted", "id"],
]);

/** The filters of a list, each as the field of one value. */
export function filtersOf(document: Document, path: string): readonly Field[] {
	return parametersOf(document, path).flatMap(({ name, schema, description }) => {
		if (NOT_FILTERS.has(name)) return [];
		const one = resolved(document, schema);
		const item = one.items ? resolved(document, one.items) : one;
		return [{ ...fieldOf(document, name, item, false), hint: description ?? "" }];
	});
}

/** What a list can be sorted by. */
export function sortsOf(document: Document, path: string): readonly string[] {
	const options = parametersOf(document, path).find(({ name }) => name === "orderBy")?.schema.enum ?? [];
	return options.filter((option) => option !== null);
}
