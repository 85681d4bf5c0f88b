// Compiles the schemas of an OpenAPI document with the strictest common validator: Ajv in strict mode, with formats.
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { default as addFormats } from "ajv-formats";

// biome-ignore lint/suspicious/noExplicitAny: a document is read part by part, and judged by Ajv.
export type DocumentPart = any;

export interface StrictSchemas {
	/** Compiles a schema of the document, or one that refers to it. Throws Ajv's error if that fails. */
	compile(schema: DocumentPart): ValidateFunction;
	/** The problems of a value, each with its path; empty if the schema accepts it. */
	problemsOf(schema: DocumentPart, value: unknown): string[];
}

/** Ajv for the schemas of one document. */
export function strictSchemas(document: DocumentPart): StrictSchemas {
	// A list of types says what anyOf of them says, in fewer levels.
	const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
	addFormats.default(ajv);
	// `example` is a keyword of OpenAPI that JSON Schema doesn't have; `components` contains the schemas.
	for (const keyword of ["example", "components"]) ajv.addKeyword(keyword);
	ajv.addSchema({ $id: "document", components: inDocument(document.components) });
	const known = new Map<string, ValidateFunction>();
	const compiled = (schema: DocumentPart) => {
		const text = JSON.stringify(schema);
		const validate = known.get(text) ?? ajv.compile(inDocument(schema));
		known.set(text, validate);
		return validate;
	};
	return {
		compile: compiled,
		problemsOf(schema, value) {
			const validate = compiled(schema);
			return validate(value)
				? []
				: (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
		},
	};
}

const inDocument = (part: DocumentPart): DocumentPart =>
	JSON.parse(JSON.stringify(part).replaceAll('"$ref":"#/', '"$ref":"document#/'));

/**
 * Compiles all schemas of a document and validates all examples.
 * @returns the problems, and the numbers of schemas and examples
 */
export function checkDocument(document: DocumentPart): {
	schemas: number;
	examples: number;
	problems: string[];
} {
	const { compile: compiled, problemsOf } = strictSchemas(document);
	const problems: string[] = [];
	let schemas = 0;
	let examples = 0;
	for (const [at, schema, holders, whole] of schemasIn(document)) {
		// A nested schema is compiled with the outer one.
		if (!whole && !holders.some((holder) => "example" in holder)) continue;
		schemas += 1;
		try {
			compiled(schema);
		} catch (error) {
			problems.push(`${at}: ${error instanceof Error ? error.message : error}`);
			continue;
		}
		for (const holder of holders) {
			if (!("example" in holder)) continue;
			examples += 1;
			problems.push(...problemsOf(schema, holder.example).map((problem) => `${at}, its example: ${problem}`));
		}
	}
	return { schemas, examples, problems };
}

/**
 * Yields every schema with its path, the objects that may have an example for it (itself, or the parameter or content
 * around it), and whether it is outside any other schema.
 */
function* schemasIn(
	node: DocumentPart,
	at = "",
	isSchema = false,
): Generator<[string, DocumentPart, DocumentPart[], boolean]> {
	if (typeof node !== "object" || node === null) return;
	if (isSchema) yield [at, node, [node], /^\/components\/schemas\/[^/]+$/.test(at)];
	else if (isObject(node.schema)) yield [`${at}/schema`, node.schema, [node], true];
	for (const [key, child] of Object.entries<DocumentPart>(node)) {
		if (key === "example" || key.startsWith("x-")) continue;
		const named = /\/(components\/schemas|properties|patternProperties)$/.test(at);
		const part = named || key === "schema" || (isSchema && ["items", "additionalProperties"].includes(key));
		yield* schemasIn(child, `${at}/${key}`, part && isObject(child));
	}
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
