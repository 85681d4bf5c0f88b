// Random values for a JSON Schema: valid ones, ones with a single error, and arbitrary JSON.
import type { RandomSource } from "../sample/random.ts";

// biome-ignore lint/suspicious/noExplicitAny: a schema's keywords have the forms that JSON Schema gives them.
export type Schema = any;

export type ValueKind = "valid" | "near" | "arbitrary";

/** The source of random values, for schemas that refer to one document. */
export interface ValueSource {
	readonly chance: RandomSource;
	readonly resolve: (ref: string) => Schema;
	/** An id with this prefix, usually of an existing row. */
	readonly id: (prefix: string) => string;
}

const DEPTH = 6;
const TEXTS = [
	"",
	" ",
	"a",
	"Zoë",
	"日本",
	"\u202eabc",
	"😀",
	"null",
	"%00",
	"' OR 1=1 --",
	"__proto__",
	"\\u0000",
	"-0",
	"1e309",
];
const NUMBERS = [
	0,
	-0,
	-1,
	1,
	0.1,
	1e-7,
	1e21,
	1.5,
	2 ** 31,
	2 ** 53,
	-(2 ** 53),
	Number.MAX_VALUE,
	99_999_999_999.9999,
];
/** Member names that make an object look like another kind of value to careless code. */
const IMPOSTORS = [
	"length",
	"size",
	"then",
	"toJSON",
	"toString",
	"valueOf",
	"constructor",
	"message",
	"path",
	"cf_",
	"items",
];

/** Makes a value of a kind: a near one is valid except for one error. */
export function makeValue(maker: ValueSource, schema: Schema, kind: ValueKind): unknown {
	if (kind === "arbitrary") return arbitrary(maker.chance);
	const value = valid(maker, schema);
	return kind === "near" ? withOneError(maker.chance, value) : value;
}

/** A value that the schema accepts. */
function valid(maker: ValueSource, schema: Schema, depth = 0): unknown {
	const { chance } = maker;
	if (schema.$ref) return valid(maker, maker.resolve(schema.$ref), depth);
	if (schema.allOf)
		return Object.assign({}, ...schema.allOf.map((part: Schema) => valid(maker, part, depth)));
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices) return valid(maker, chance.pick(choices), depth);
	if (schema.enum) return chance.pick(schema.enum);
	if ("const" in schema) return schema.const;
	const type = chance.pick([schema.type ?? "object"].flat());
	switch (type) {
		case "null":
			return null;
		case "boolean":
			return chance.isTrue(50);
		case "integer":
		case "number":
			return number(chance, schema, type === "integer");
		case "string":
			return text(maker, schema);
		case "array": {
			const least = schema.minItems ?? 0;
			const count = depth > DEPTH ? least : chance.integer(least, Math.min(least + 2, schema.maxItems ?? 3));
			return Array.from({ length: count }, () => valid(maker, schema.items ?? {}, depth + 1));
		}
		default: {
			const required = new Set(schema.required ?? []);
			const named = Object.entries(schema.properties ?? {}).filter(
				([name]) => required.has(name) || (depth < DEPTH && chance.isTrue(30)),
			);
			return Object.fromEntries(named.map(([name, part]) => [name, valid(maker, part, depth + 1)]));
		}
	}
}

function number(chance: RandomSource, schema: Schema, whole: boolean): number {
	const least = schema.minimum ?? schema.exclusiveMinimum ?? -1_000;
	const most = schema.maximum ?? 1_000_000;
	if (chance.isTrue(20)) return chance.pick([least, most]);
	const some = chance.integer(Math.max(Math.ceil(least), -1_000), Math.min(Math.floor(most), 1_000_000));
	return whole || chance.isTrue(50) ? some : Math.min(most, some + chance.pick([0.5, 0.25, 0.0001]));
}

function text({ chance, id }: ValueSource, schema: Schema): string {
	const prefix = /^\^([a-z]+)_\[0-9a-z\]/.exec(schema.pattern ?? "")?.[1];
	if (prefix) return id(prefix);
	if (schema.format === "date")
		return chance.pick(["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31", "2026-12-31"]);
	if (schema.format === "date-time")
		return chance.pick([
			"2026-01-31T12:00:00.000Z",
			"2024-02-29T23:59:59+14:00",
			"0000-01-01T00:00:00Z",
			"9999-12-31T23:59:59-12:00",
			new Date().toISOString(),
		]);
	if (typeof schema.example === "string") return schema.example;
	if (schema.pattern) return chance.pick(["abc", "1", "#aabbcc"]);
	const most = Math.min(schema.maxLength ?? 40, 12_000);
	const least = schema.minLength ?? 0;
	if (chance.isTrue(5)) return "x".repeat(most);
	const some = chance.pick(TEXTS).slice(0, most);
	return some.length < least ? "x".repeat(least) : some;
}

/** Puts one error into a value, at any depth. */
function withOneError(chance: RandomSource, value: unknown): unknown {
	if (typeof value !== "object" || value === null || chance.isTrue(15)) return wrongValue(chance, value);
	const entries = Object.entries(value);
	if (Array.isArray(value)) {
		if (value.length === 0 || chance.isTrue(20))
			return [...value, ...Array(chance.pick([1, 101])).fill(value[0] ?? 1)];
		const at = chance.integer(0, value.length - 1);
		return value.map((part, index) => (index === at ? withOneError(chance, part) : part));
	}
	if (entries.length === 0 || chance.isTrue(15))
		return { ...value, [chance.pick(["nope", "id", "version", ...IMPOSTORS])]: 1 };
	const [name] = chance.pick(entries);
	if (chance.isTrue(15)) return Object.fromEntries(entries.filter(([key]) => key !== name));
	return Object.fromEntries(
		entries.map(([key, part]) => [key, key === name ? withOneError(chance, part) : part]),
	);
}

function wrongValue(chance: RandomSource, value: unknown): unknown {
	if (typeof value === "string" && chance.isTrue(50))
		return chance
			.pick([`${value}x`, value.repeat(300), value.toUpperCase(), ` ${value}`, value.slice(1)])
			.slice(0, 20_000);
	if (typeof value === "number" && chance.isTrue(50))
		return chance.pick([value + 1e12, -value, value + 0.00001]);
	return arbitrary(chance, DEPTH - 1);
}

/** Arbitrary JSON. */
function arbitrary(chance: RandomSource, depth = 0): unknown {
	const leaf = depth >= DEPTH || chance.isTrue(40);
	if (leaf)
		return chance.pick<unknown>([null, true, false, [], {}, chance.pick(TEXTS), chance.pick(NUMBERS)]);
	const count = chance.integer(0, 4);
	if (chance.isTrue(35)) return Array.from({ length: count }, () => arbitrary(chance, depth + 1));
	const names = [...IMPOSTORS, "name", "id", "email", "events", "url", "lineItems", "stages"];
	return Object.fromEntries(
		Array.from({ length: count + 1 }, () => [chance.pick(names), arbitrary(chance, depth + 1)]),
	);
}

/** A value as text, for a parameter of the query or the path. */
export const parameterText = (value: unknown): string =>
	typeof value === "string" ? value.slice(0, 500) : (JSON.stringify(value) ?? "").slice(0, 500);
