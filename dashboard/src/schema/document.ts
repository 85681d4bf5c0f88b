// The API's OpenAPI document, as far as forms and filters are made from it.
import { useQuery } from "@tanstack/preact-query";
import { openApiDocument } from "../api.ts";

export interface Schema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly enum?: readonly (string | null)[];
	readonly pattern?: string;
	readonly format?: string;
	readonly maxLength?: number;
	readonly maxItems?: number;
	readonly description?: string;
	readonly readOnly?: boolean;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly items?: Schema;
}

interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly description?: string;
	readonly schema: Schema;
}

export interface Document {
	readonly paths: Readonly<
		Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>
	>;
	readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The document, read once. */
export const useDocument = () =>
	useQuery({
		queryKey: ["document"],
		queryFn: () => openApiDocument<Document>(),
		staleTime: Number.POSITIVE_INFINITY,
	});

/** A schema, with what it refers to in its place. */
export function resolved({ components }: Document, schema: Schema): Schema {
	const name = schema.$ref?.split("/").at(-1);
	return name === undefined
		? schema
		: { ...components.schemas[name], ...(schema.description ? { description: schema.description } : {}) };
}

/** The parameters of a list. */
export const parametersOf = ({ paths }: Document, path: string): readonly Parameter[] =>
	paths[`/${path}`]?.get?.parameters?.filter((parameter) => parameter.in === "query") ?? [];

/** Whether a resource has an operation: `post /leads`, `post /leads/{id}/restore`. */
export const hasOperation = ({ paths }: Document, method: string, path: string): boolean =>
	paths[path]?.[method] !== undefined;
