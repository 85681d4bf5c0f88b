// The definition of a tool: its description, input, output and function.
import { z } from "@hono/zod-openapi";
import type { Caller } from "../context.ts";
import { AppError, catchAppError } from "../errors.ts";
import { parseJson } from "../http/body.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { parse } from "../http/validate.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { hasScope } from "../scopes.ts";
import type { CallOperation } from "./ask.ts";
import { type JsonSchema, type ObjectSchema, type schemasOf, simplify } from "./json-schema.ts";

/** The result of a tool: a sentence or two, and the data. */
interface ToolResult {
	readonly words: string;
	readonly data: JsonObject;
}

/** The caller of a tool, and its access to the API. */
interface ToolContext {
	readonly ask: CallOperation;
	readonly caller: Caller;
	/** The schemas of operations, including the custom fields of the organization. */
	readonly schemas: () => Promise<ReturnType<typeof schemasOf>>;
}

/** Whether a key may use an operation. */
export type IsUsable = (endpoint: Endpoint) => boolean;

/** What a client may assume of a tool before it asks its user. */
export interface ToolHints {
	readonly openWorldHint: boolean;
	readonly readOnlyHint: boolean;
	readonly destructiveHint: boolean;
	readonly idempotentHint: boolean;
}

interface About {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly hints: ToolHints;
	/** The operations that it calls. A key that may use one of them sees the tool. */
	readonly endpoints: readonly Endpoint[];
}

export interface Tool extends About {
	/** The JSON Schema of its input, with only the choices that a key may use. */
	readonly inputSchema: (usable: IsUsable) => ObjectSchema;
	readonly outputSchema: ObjectSchema;
	/** @throws AppError an error of the tool or of the API */
	readonly run: (context: ToolContext, input: JsonObject) => Promise<ToolResult>;
}

interface Definition<Input extends z.ZodType> extends About {
	/** The schema of its input, with only the choices that are usable. */
	readonly input: (usable: IsUsable) => Input;
	readonly output: z.ZodType;
	readonly run: (context: ToolContext, input: z.output<Input>) => Promise<ToolResult>;
}

/** Makes a tool. The input is validated by the schema that is shown to agents. */
export function tool<Input extends z.ZodType>({ input, output, run, ...about }: Definition<Input>): Tool {
	const fullInput = input(() => true);
	return {
		...about,
		inputSchema: (usable) => ({ ...schemaOf(input(usable), "input"), additionalProperties: false }),
		outputSchema: schemaOf(output, "output"),
		run: (context, sent) => run(context, parse(fullInput, parseNested(sent))),
	};
}

/** Hints for a tool that adds a record with every call. */
export const CREATE_HINTS: ToolHints = {
	openWorldHint: false,
	readOnlyHint: false,
	destructiveHint: false,
	idempotentHint: false,
};
export const READ_HINTS: ToolHints = { ...CREATE_HINTS, readOnlyHint: true, idempotentHint: true };
/** For a tool that overwrites, and changes nothing when it is called again. */
export const UPDATE_HINTS: ToolHints = { ...CREATE_HINTS, destructiveHint: true, idempotentHint: true };
/** For a tool whose changes can't be undone, and that may change more when it is called again. */
export const ACTION_HINTS: ToolHints = { ...UPDATE_HINTS, idempotentHint: false };
/** For a tool that sends requests to other servers. */
export const SEND_HINTS: ToolHints = { ...ACTION_HINTS, openWorldHint: true };

/** Whether a caller may use an operation. */
export const usableBy =
	({ scopes }: Caller): IsUsable =>
	({ scope, extraScopes }) =>
		[scope, ...extraScopes].every((needed) => hasScope(scopes, needed));

/** The arguments that hold an object or a list. */
const NESTED: ReadonlySet<string> = new Set(["fields", "filters", "items"]);

/** Parses objects and lists that were sent as JSON text, as models often do. */
const parseNested = (sent: JsonObject): JsonObject =>
	Object.fromEntries(
		Object.entries(sent).map(([name, value]) => {
			if (!NESTED.has(name) || typeof value !== "string") return [name, value];
			const parsed = catchAppError(() => parseJson(value));
			return [name, parsed instanceof AppError ? value : parsed];
		}),
	);

function schemaOf(schema: z.ZodType, io: "input" | "output"): ObjectSchema {
	return {
		...simplify(z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema),
		type: "object",
	};
}

/** Any JSON object, unchanged. `z.record` would drop an own `__proto__`, which the API refuses. */
export const anyObject = z
	.custom<JsonObject>(isJsonObject, {
		error: ({ input }) => (input === undefined ? "Required." : "Expected an object."),
	})
	.meta({ type: "object" });

export const idempotencyKey = z
	.string()
	.optional()
	.describe("Any text: the same call with it is executed once in 24 hours.");
export const ifVersion = z
	.int()
	.optional()
	.describe(
		"The `version` that you read. If the record has changed since, nothing is done (PRECONDITION_FAILED).",
	);
