// A small JSON Schema validator for the keywords of the OpenAPI document: the usual validators generate code, which workerd
// forbids. An unknown keyword is an error, so that nothing is ignored.

export type JsonSchema = { readonly [keyword: string]: unknown };

const ANNOTATIONS = new Set([
	"description",
	"example",
	"default",
	"title",
	"deprecated",
	"readOnly",
	"writeOnly",
]);

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const FORMATS: Readonly<Record<string, (value: string | number) => boolean>> = {
	"date-time": (value) => INSTANT.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
	date: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
	email: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value)),
	uri: (value) => URL.canParse(String(value)),
	int32: (value) => Number(value) === Math.trunc(Number(value)) && Math.abs(Number(value)) <= 2_147_483_648,
	int64: (value) => Number.isSafeInteger(Number(value)),
};

/** Resolves a reference in the document; throws if the target doesn't exist. */
export function resolve(root: object, ref: string): unknown {
	let node: unknown = root;
	for (const part of ref.replace(/^#\//, "").split("/")) {
		node = typeof node === "object" && node !== null ? Reflect.get(node, part) : undefined;
	}
	if (node === undefined) throw new Error(`${ref} leads nowhere`);
	return node;
}

/** The problems of a value, each with its path; empty if the schema accepts it. */
export function problemsOf(root: object, schema: JsonSchema, value: unknown, at = "$"): string[] {
	return Object.entries(schema).flatMap(([keyword, expected]) =>
		ANNOTATIONS.has(keyword) || keyword.startsWith("x-")
			? []
			: check(root, schema, keyword, expected, value, at),
	);
}

function check(
	root: object,
	schema: JsonSchema,
	keyword: string,
	// biome-ignore lint/suspicious/noExplicitAny: a keyword's own form is what JSON Schema says it is.
	expected: any,
	value: unknown,
	at: string,
): string[] {
	const wrong = (really = true) =>
		really ? [`${at}: ${JSON.stringify(value)} fails ${keyword} ${JSON.stringify(expected)}`] : [];
	const text = typeof value === "string" ? value : null;
	const number = typeof value === "number" ? value : null;
	const list = Array.isArray(value) ? value : null;
	const object = typeof value === "object" && value !== null && !list ? value : null;
	const failures = (schemas: JsonSchema[]) => schemas.map((part) => problemsOf(root, part, value, at));
	switch (keyword) {
		case "$ref":
			return problemsOf(root, resolve(root, expected) as JsonSchema, value, at);
		case "type":
			return wrong(![expected].flat().some((type) => isOf(type, value)));
		case "enum":
			return wrong(!expected.includes(value));
		case "const":
			return wrong(value !== expected);
		case "pattern":
			return wrong(text !== null && !new RegExp(expected, "u").test(text));
		case "format": {
			const accepts = FORMATS[expected];
			if (!accepts) throw new Error(`${at}: unknown format ${expected}`);
			return wrong((text ?? number) !== null && !accepts(text ?? number ?? 0));
		}
		case "minLength":
			return wrong(text !== null && [...text].length < expected);
		case "maxLength":
			return wrong(text !== null && [...text].length > expected);
		case "minimum":
			return wrong(number !== null && number < expected);
		case "exclusiveMinimum":
			return wrong(number !== null && number <= expected);
		case "maximum":
			return wrong(number !== null && number > expected);
		case "minItems":
			return wrong(list !== null && list.length < expected);
		case "maxItems":
			return wrong(list !== null && list.length > expected);
		case "uniqueItems":
			return wrong(
				list !== null && expected && new Set(list.map((item) => JSON.stringify(item))).size < list.length,
			);
		case "items":
			return (list ?? []).flatMap((item, index) => problemsOf(root, expected, item, `${at}.${index}`));
		case "required":
			return expected
				.filter((name: string) => object && !(name in object))
				.map((name: string) => `${at}: ${name} is missing`);
		case "properties":
			return Object.entries(object ?? {}).flatMap(([name, part]) =>
				name in expected ? problemsOf(root, expected[name], part, `${at}.${name}`) : [],
			);
		case "patternProperties":
			return Object.entries<JsonSchema>(expected).flatMap(([pattern, part]) =>
				Object.entries(object ?? {}).flatMap(([name, one]) =>
					new RegExp(pattern, "u").test(name) ? problemsOf(root, part, one, `${at}.${name}`) : [],
				),
			);
		case "additionalProperties": {
			const known = Object.keys((schema.properties ?? {}) as object);
			const patterns = Object.keys((schema.patternProperties ?? {}) as object).map(
				(one) => new RegExp(one, "u"),
			);
			const others = Object.entries(object ?? {}).filter(
				([name]) => !known.includes(name) && !patterns.some((pattern) => pattern.test(name)),
			);
			if (expected === true) return [];
			if (expected === false) return others.map(([name]) => `${at}: ${name} is not allowed`);
			return others.flatMap(([name, part]) => problemsOf(root, expected, part, `${at}.${name}`));
		}
		case "minProperties":
			return wrong(object !== null && Object.keys(object).length < expected);
		case "maxProperties":
			return wrong(object !== null && Object.keys(object).length > expected);
		case "allOf":
			return failures(expected).flat();
		case "anyOf":
			return wrong(!failures(expected).some((found) => found.length === 0));
		case "oneOf":
			return wrong(failures(expected).filter((found) => found.length === 0).length !== 1);
		default:
			throw new Error(`${at}: unknown keyword ${keyword}`);
	}
}

function isOf(type: string, value: unknown): boolean {
	if (type === "null") return value === null;
	if (type === "array") return Array.isArray(value);
	if (type === "integer") return Number.isInteger(value);
	if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
	return typeof value === type;
}
