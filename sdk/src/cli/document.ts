// The parts of an OpenAPI document that commands and files are made from.

export interface Schema {
	readonly $ref?: string;
	readonly type?: string | readonly (string | null)[];
	readonly description?: string;
	readonly enum?: readonly unknown[];
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly pattern?: string;
	readonly format?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly example?: unknown;
}

interface Parameter {
	readonly $ref?: string;
	readonly name: string;
	readonly in: string;
	readonly required?: boolean;
	readonly description?: string;
	readonly schema: Schema;
}

interface Content {
	readonly content?: { readonly "application/json"?: { readonly schema: Schema } };
}

export interface Operation {
	readonly tags: readonly string[];
	readonly summary: string;
	readonly description: string;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: Content & { readonly required?: boolean };
	readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDocument {
	readonly info: { readonly "x-organization-id"?: string };
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: unknown;
	readonly tags: readonly { readonly name: string }[];
}

/** Resolves a `$ref`; any other part is returned as it is. */
export type Resolve = <T extends { readonly $ref?: string } | undefined>(part: T) => T;

/** Resolves the references of a document. */
export function resolver(document: ApiDocument): Resolve {
	return <T extends { readonly $ref?: string } | undefined>(part: T): T => {
		if (part?.$ref === undefined) return part;
		const names = part.$ref.split("/").slice(1);
		return names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], document) as T;
	};
}

const json = (content: Content | undefined) => content?.content?.["application/json"]?.schema;

/** The schema of an operation's body. */
export function bodyOf(operation: Operation | undefined, resolve: Resolve): Schema | undefined {
	return resolve(json(operation?.requestBody));
}

/** The schema of an operation's answer if it is a page of a list. */
export function pageOf(operation: Operation | undefined, resolve: Resolve): Schema | undefined {
	const answer = resolve(json(operation?.responses["200"]));
	return answer?.properties?.nextCursor === undefined ? undefined : answer;
}

/** The names of the types of a schema. */
export const typesOf = ({ type }: Schema): readonly (string | null | undefined)[] => [type].flat();
