// Help texts and usage errors.
import { commands } from "../generated/commands.ts";
import type { Command, Flag } from "./commands.ts";

/** The command was called wrongly; the exit code is 2. */
export class UsageError extends Error {}

const GLOBAL = [
	["--key <key>", "The API key; else LEADWIRE_API_KEY."],
	["--json", "Print what was answered, as JSON."],
	["--help, -h", "Show this."],
] as const;

/** The first words of all commands: the resources. */
export const resources = [...new Set(commands.map(({ words }) => words.split(" ")[0] ?? ""))];

/** The text of `leadwire --help`. */
export function overviewHelp(): string {
	return `Usage: leadwire <resource> <action> [id] [flags]
       leadwire webhooks listen --forward <url> [--events lead.*]
       leadwire sync <resource> --to <file>
       leadwire import <resource> <file.csv> [--match-by email]
       leadwire export <resource> [--format csv]

Resources:
${resources.map((name) => `  ${name}`).join("\n")}

${table("Everywhere", GLOBAL)}
"leadwire --version" tells the version of this command.
LEADWIRE_URL is the address of the host, http://localhost:8787 by default.
"leadwire <resource> --help" lists its actions, "leadwire <resource> <action> --help" the flags of one.
`;
}

/** The text of `leadwire leads --help`. */
export function resourceHelp(resource: string, among: readonly Command[] = commands): string {
	const rows = among
		.filter(({ words }) => words.split(" ")[0] === resource)
		.map((command) => [commandLine(command), command.summary] as const);
	const listen = resource === "webhooks" ? [["webhooks listen --forward <url>", LISTEN] as const] : [];
	return table("Actions", [...rows, ...listen]);
}

const LISTEN = "Send each event, signed, to a URL of this machine";

/** The text of `leadwire leads create --help`. */
export function commandHelp(command: Command): string {
	const { description, flags, body, paged } = command;
	const rows = flags.map((flag) => [flagText(flag), flagDescription(flag)] as const);
	const more = [
		...(body
			? [
					[
						"--data <json>",
						"The body, or what the flags don't say of it; @file reads a file, - standard input.",
					] as const,
				]
			: []),
		...(paged ? [["--all", "Every page, not only the first."] as const] : []),
	];
	return `${description}\n\nUsage: leadwire ${commandLine(command)} [flags]\n\n${table("Flags", [...rows, ...more, ...GLOBAL])}`;
}

/** The text of `leadwire webhooks listen --help`. */
export const listenHelp = `Follows what happens in your organization and sends each event to a URL of this machine, signed as
a webhook is, so that a receiver can be written without a public address. Nothing is tried again.

Usage: leadwire webhooks listen --forward <url> [flags]

${table("Flags", [
	["--forward <url>", "Where to send them, e.g. http://localhost:3000/hook. Required."],
	[
		"--events <name>",
		"Which events: a name, <noun>.* or *. Repeat it, or put commas, for several; * by default.",
	],
	["--secret <secret>", "Signs them; made anew at each start by default."],
	["--since <time>", "Also those since then, e.g. 2026-01-31T12:00:00Z."],
	[
		"--interval <seconds>",
		"How often to look while nothing happens; 4 by default. It never makes more than 20 of the key's 60 requests a minute.",
	],
	...GLOBAL,
])}`;

/** The text of `leadwire sync --help`. */
export const syncHelp = `Keeps a copy of a resource in a file: one record a line, as JSON. The first run reads everything, later ones
only what changed; deleted records leave the file. A run that is stopped goes on where it was. Beside the file stands
another, <file>.sync, which says how far the copy is.

Usage: leadwire sync <resource> --to <file>

${table("Flags", [
	["--to <file>", "The copy, e.g. leads.ndjson. Required."],
	["--anew", "Read everything again."],
	...GLOBAL,
])}`;

/** Finds the command that the first arguments name, and returns the remaining arguments. */
export function findCommand(
	among: readonly Command[],
	given: readonly string[],
): { command: Command; rest: string[] } {
	// The longest match first: "webhooks deliveries get" before "webhooks deliveries".
	const found = [...among]
		.sort((a, b) => b.words.length - a.words.length)
		.find(({ words }) => given.slice(0, words.split(" ").length).join(" ") === words);
	if (found) return { command: found, rest: given.slice(found.words.split(" ").length) };
	const [resource = "", action = ""] = given;
	if (!among.some(({ words }) => words.startsWith(`${resource} `))) {
		throw new UsageError(`There is no resource "${resource}". There are: ${resources.join(", ")}.`);
	}
	throw new UsageError(`${resource} has no action "${action}".\n\n${resourceHelp(resource, among)}`);
}

/** The command line of a command, ids included. */
export function commandLine({ words, ids }: Command): string {
	return [words, ...ids.map((name) => `<${name}>`)].join(" ");
}

function flagText({ name, kind }: Flag): string {
	if (kind === "boolean") return `--[no-]${name}`;
	return `--${name} <${kind === "list" ? "text" : kind}>`;
}

function flagDescription({ description, required, values, kind }: Flag): string {
	return [
		required ? "Required." : "",
		description.split("\n")[0],
		values ? `One of ${values.join(", ")}.` : "",
		kind === "list" && !description.includes("Repeat") ? "Repeat it for several." : "",
	]
		.filter(Boolean)
		.join(" ");
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
	const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)));
	return `${title}:\n${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join("\n")}\n`;
}
