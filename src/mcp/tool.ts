// A tool: what an agent is told of it, what it takes, and what it does.
import { z } from "@hono/zod-openapi";
import type { ToolAnnotations } from "@modelcontextprotocol/server";
import type { Caller } from "../context.ts";
import { AppError, outcome } from "../errors.ts";
import { parseJson } from "../http/body.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { parse } from "../http/validate.ts";
import { covers } from "../scopes.ts";
import type { Arguments, Ask, Shown } from "./ask.ts";
import { type JsonSchema, type ObjectSchema, plain, type schemasOf } from "./json-schema.ts";

/** What a tool gives: a line or two in plain words, and the data. */
interface Told {
	readonly words: string;
	readonly data: Shown;
}

/** Who calls, and what they can reach. */
interface Asker {
	readonly ask: Ask;
	readonly caller: Caller;
	/** What the API's operations take, with the organization's own fields. */
	readonly schemas: () => Promise<ReturnType<typeof schemasOf>>;
}

/** Whether a key may use an operation. */
export type Usable = (endpoint: Endpoint) => boolean;

interface About {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly hints: ToolAnnotations;
	/** What it asks: a key that may use one of them is shown the tool. */
	readonly endpoints: readonly Endpoint[];
}

export interface Tool extends About {
	/** The JSON Schema of what it takes, as far as a key may use what it offers. */
	readonly inputSchema: (usable: Usable) => ObjectSchema;
	readonly outputSchema: ObjectSchema;
	/** @throws AppError what it or the API refuses */
	readonly run: (asker: Asker, input: Arguments) => Promise<Told>;
}

interface Definition<Input extends z.ZodType> extends About {
	/** What it takes, offering only what is usable. */
	readonly input: (usable: Usable) => Input;
	readonly output: z.ZodType;
	readonly run: (asker: Asker, input: z.output<Input>) => Promise<Told>;
}

/** Makes a tool: what an agent sends is checked by the same schema that it was shown. */
export function tool<Input extends z.ZodType>({ input, output, run, ...about }: Definition<Input>): Tool {
	const whole = input(() => true);
	return {
		...about,
		inputSchema: (usable) => ({ ...schemaOf(input(usable), "input"), additionalProperties: false }),
		outputSchema: schemaOf(output, "output"),
		run: (asker, sent) => run(asker, parse(whole, unquoted(sent))),
	};
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
/** It changes what can't be changed back, and again it may do more. */
export const ACTS: ToolAnnotations = { ...CHANGES, idempotentHint: false };
/** It makes requests to other people's servers. */
export const SENDS: ToolAnnotations = { ...ACTS, openWorldHint: true };

/** What a key may use. */
export const usableBy =
	({ scopes }: Caller): Usable =>
	({ scope, besides }) =>
		[scope, ...besides].every((needed) => covers(scopes, needed));

/** The arguments that hold an object or a list. */
const NESTED: ReadonlySet<string> = new Set(["fields", "filters", "items"]);

/** Models often write an object or a list down as a text that holds it. */
const unquoted = (sent: Arguments): Arguments =>
	Object.fromEntries(
		Object.entries(sent).map(([name, value]) => {
			if (!NESTED.has(name) || typeof value !== "string") return [name, value];
			const held = outcome(() => parseJson(value));
			return [name, held instanceof AppError ? value : held];
		}),
	);

function schemaOf(schema: z.ZodType, io: "input" | "output"): ObjectSchema {
	return { ...plain(z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema), type: "object" };
}

/** Any JSON object, as it was sent: a record's schema would drop what the API refuses, an own `__proto__`. */
export const anyObject = z
	.custom<Arguments>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
		error: ({ input }) => (input === undefined ? "Required." : "Expected an object."),
	})
	.meta({ type: "object" });

export const idempotencyKey = z
	.string()
	.optional()
	.describe("Any text of yours: the same call with it is done once in 24 hours.");
export const ifVersion = z
	.int()
	.optional()
	.describe("The `version` you read: changed since, nothing is done (PRECONDITION_FAILED).");
