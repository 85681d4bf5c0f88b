// Turns the flags of a command into its request.
import { readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Command, Flag } from "./commands.ts";
import { commandLine, UsageError } from "./usage.ts";

type Values = Readonly<Record<string, unknown>>;
type Options = NonNullable<ParseArgsConfig["options"]>;

const globals = {
	key: { type: "string" },
	json: { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const satisfies Options;

export interface Request {
	readonly path: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, unknown>>;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
	/** Flags of the command itself. */
	readonly own: Readonly<Record<string, unknown>>;
	/** Whether to read every page. */
	readonly all: boolean;
	/** Flags of every command. */
	readonly globals: Globals;
}

export interface Globals {
	readonly key?: string;
	readonly json?: boolean;
	readonly help?: boolean;
}

/** Reads the arguments after a command's words. */
export function requestOf(command: Command, given: readonly string[]): Request {
	const { flags, ids } = command;
	const { values, positionals } = parse(command.words, given, {
		...(command.body ? { data: { type: "string" } } : {}),
		...(command.paged ? { all: { type: "boolean" } } : {}),
		...Object.fromEntries(
			flags.map(({ name, kind }) => [
				name,
				kind === "boolean" ? { type: "boolean" } : { type: "string", multiple: kind === "list" },
			]),
		),
	});
	if (positionals.length !== ids.length) {
		throw new UsageError(
			`Expected ${ids.length === 0 ? "nothing" : ids.map((id) => `<${id}>`).join(" ")} after "${command.words}": leadwire ${commandLine(command)}`,
		);
	}
	const among = (place: Flag["in"]) =>
		Object.fromEntries(
			flags
				.filter(({ name, in: where }) => where === place && values[name] !== undefined)
				.map((flag) => [flag.name, valueIn(flag, values[flag.name])]),
		);
	const fields = among("body");
	const data = typeof values.data === "string" ? dataOf(values.data) : undefined;
	if (Object.keys(fields).length > 0 && data !== undefined && !isObject(data)) {
		throw new UsageError("--data must be a JSON object when there are other flags.");
	}
	const hasBody = command.body && (data !== undefined || Object.keys(fields).length > 0);
	return {
		path: Object.fromEntries(ids.map((name, index) => [name, positionals[index] ?? ""])),
		query: among("query"),
		headers: versioned(among("header") as Record<string, string>),
		body: hasBody || command.needsBody ? withFields(data, fields) : undefined,
		own: among("command"),
		all: values.all === true,
		globals: values,
	};
}

/** Reads the global flags alone, before the other flags are known. */
export function globalsOf(given: readonly string[]): Globals {
	return parseArgs({ args: [...given], options: globals, strict: false, allowPositionals: true })
		.values as Globals;
}

/** Runs parseArgs and turns its errors into UsageError. */
export function parse(
	words: string,
	given: readonly string[],
	options: Options,
): { values: Globals & Values; positionals: string[] } {
	try {
		return parseArgs({
			args: joined(given, { ...options, ...globals }),
			options: { ...options, ...globals },
			allowPositionals: true,
			allowNegative: true,
		});
	} catch (error) {
		// The first sentence says what is wrong; the rest explains the syntax of parseArgs.
		const problem = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error);
		throw new UsageError(`${problem}. See: leadwire ${words} --help`);
	}
}

/** Rewrites `--score -5` as `--score=-5`: parseArgs treats a word that begins with a dash as a flag, even where a value must follow. */
function joined(given: readonly string[], options: Options): string[] {
	const words: string[] = [];
	for (const word of given) {
		const flag = words.at(-1) ?? "";
		const wantsValue = flag.startsWith("--") && options[flag.slice(2)]?.type === "string";
		if (wantsValue && /^-[^-]/.test(word) && word !== "-h") words[words.length - 1] = `${flag}=${word}`;
		else words.push(word);
	}
	return words;
}

const isObject = (data: unknown) => typeof data === "object" && data !== null && !Array.isArray(data);

function withFields(data: unknown, fields: object): unknown {
	return Object.keys(fields).length === 0 && data !== undefined ? data : { ...(data as object), ...fields };
}

function valueIn({ name, kind, in: place }: Flag, value: unknown): unknown {
	if (kind === "number") {
		const number = Number(value);
		if (value === "" || Number.isNaN(number)) throw new UsageError(`--${name} is a number, not "${value}".`);
		return number;
	}
	if (kind === "json") return json(`--${name}`, String(value));
	// A list is sent as a repeated parameter; a comma would be part of the value.
	return place === "query" && kind === "list" ? [value].flat() : value;
}

function dataOf(text: string): unknown {
	if (text === "-") return json("Standard input", readFileSync(0, "utf8"));
	return text.startsWith("@") ? jsonFile(text.slice(1)) : json("--data", text);
}

/** The contents of a file that the caller has named. */
function contentsOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

/**
 * Reads a file of JSON.
 * @throws UsageError if it can't be read, or is not JSON
 */
export const jsonFile = (file: string): unknown => json(file, contentsOf(file));

function json(source: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new UsageError(`${source} is not JSON: ${error instanceof Error ? error.message : error}`);
	}
}

/** An entity tag has quotes, which shells remove: adds them to a bare version. */
function versioned(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name,
			name !== "idempotency-key" && /^\d+$/.test(value) ? `"${value}"` : value,
		]),
	);
}
