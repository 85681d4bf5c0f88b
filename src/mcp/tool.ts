// A tool: what an agent is told of it, what it takes and shows, and what it does. Most do what one operation of the API does.
import { z } from "@hono/zod-openapi";
import type { ToolAnnotations } from "@modelcontextprotocol/server";
import type { Caller } from "../context.ts";
import { covers } from "../gate/scopes.ts";
import type { Arguments, Ask, Shown } from "./ask.ts";
import { type JsonSchema, type ObjectSchema, plain, type schemasOf } from "./json-schema.ts";
import { withoutUnset } from "./show.ts";

export type Schemas = ReturnType<typeof schemasOf>;

/** What a tool gives: a line or two in plain words, and the data. */
export interface Told {
	readonly words: string;
	readonly data: Shown;
}

export interface Tool {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly hints: ToolAnnotations;
	/** A key that has one of these is shown the tool. */
	readonly scopes: readonly string[];
	readonly input: (schemas: Schemas) => ObjectSchema;
	readonly output: (schemas: Schemas) => ObjectSchema;
	/** @throws AppError whatever the API refuses */
	readonly run: (ask: Ask, input: Arguments, caller: Caller) => Promise<Told>;
}

const INSIDE = { openWorldHint: false };
/** It only looks. */
export const READS: ToolAnnotations = {
	...INSIDE,
	readOnlyHint: true,
	destructiveHint: false,
	idempotentHint: true,
};
/** It adds something, and something more when it is called again. */
export const ADDS: ToolAnnotations = {
	...INSIDE,
	readOnlyHint: false,
	destructiveHint: false,
	idempotentHint: false,
};
/** It replaces what was there; again, it changes nothing more. */
export const CHANGES: ToolAnnotations = {
	...INSIDE,
	readOnlyHint: false,
	destructiveHint: true,
	idempotentHint: true,
};
/** It makes requests to other people's servers. */
export const SENDS: ToolAnnotations = { ...ADDS, openWorldHint: true };

/** Whether a key may use a tool at all. */
export const mayUse = ({ scopes }: Tool, caller: Caller) =>
	scopes.some((scope) => covers(caller.scopes, scope));

interface Direct extends Pick<Tool, "name" | "title" | "description" | "hints"> {
	readonly operationId: string;
	readonly scope: string;
	/** What is said of the answer. */
	readonly words: (data: Shown) => string;
	/** Members of the answer that are left out. */
	readonly without?: readonly string[];
}

/** A tool that does what one operation does. */
export function direct({ operationId, scope, words, without = [], ...about }: Direct): Tool {
	return {
		...about,
		scopes: [scope],
		input: ({ inputOf }) => inputOf(operationId),
		output: ({ outputOf }) => {
			const { properties = {}, required = [], ...rest } = outputOf(operationId);
			return {
				...rest,
				type: "object",
				properties: pruned(properties, without),
				required: required.filter((name) => !without.includes(name)),
			};
		},
		async run(ask, input) {
			const data = pruned(withoutUnset(await ask(operationId, input)), without);
			return { words: words(data), data };
		},
	};
}

/** A page in words; `noun` is of one record. */
export const pageWords = (noun: string) => (data: Shown) => {
	const count = Array.isArray(data.items) ? data.items.length : 0;
	const found = count === 1 ? `1 ${noun}.` : `${count === 0 ? "No" : count} ${noun}s.`;
	return data.hasMore === true
		? `${found} There are more: send nextCursor as cursor, and the rest unchanged.`
		: found;
};

/** A record in words: what was done with it, its name and its id. */
export const recordWords = (done: string) => (data: Shown) =>
	`${done} ${JSON.stringify(data.name ?? data.title)}, ${data.id}.`;

/** The JSON Schema of what a tool of several steps takes or shows. */
export function schemaOf(schema: z.ZodType, io: "input" | "output"): ObjectSchema {
	const whole = z.toJSONSchema(schema, { io }) as JsonSchema;
	return { ...plain(whole), type: "object", ...(io === "input" ? { additionalProperties: false } : {}) };
}

function pruned<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
	return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
