import { readFileSync } from "node:fs";
import { createClient } from "../client.ts";
import { LeadwireError } from "../errors.ts";
import { commands } from "../generated/commands.ts";
import { globalsOf, type Request, requestOf } from "./arguments.ts";
import { type Command, commandsOf } from "./commands.ts";
import { fileCommandsOf, runFileCommand } from "./file-commands.ts";
import { listen } from "./listen.ts";
import { columns } from "./output.ts";
import { ownDocument } from "./own-document.ts";
import { type AnyCall, type Page, Session, type Terminal } from "./session.ts";
import { syncCommand } from "./sync.ts";
import {
	commandHelp,
	findCommand,
	listenHelp,
	overviewHelp,
	resourceHelp,
	resources,
	syncHelp,
	UsageError,
} from "./usage.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Print = (text: string) => void;

/**
 * Runs one command.
 * @returns the exit code: 0, 1 when the API refused or couldn't be reached, 2 when the command was called wrongly
 */
export async function run(
	given: readonly string[],
	env: Environment,
	print: Print,
	printError: Print,
	terminal: Terminal | null = null,
): Promise<number> {
	try {
		await dispatch(given, new Session(env, print, printError, terminal));
		return 0;
	} catch (error) {
		printError(messageOf(error));
		return error instanceof UsageError ? 2 : 1;
	}
}

const isHelp = (word: string) => word === "--help" || word === "-h";

/** The version of the package, from its own package.json. */
function version(): string {
	const path = new URL("../../package.json", import.meta.url);
	return JSON.parse(readFileSync(path, "utf8")).version;
}

async function dispatch(given: readonly string[], session: Session): Promise<void> {
	const [first = "--help", second] = given;
	const asksHelp = given.some(isHelp);
	if (isHelp(first) || first === "help") return session.print(overviewHelp().trimEnd());
	if (first === "--version") return session.print(version());
	if (first === "webhooks" && second === "listen") {
		return asksHelp ? session.print(listenHelp.trimEnd()) : listen(given.slice(2), session);
	}
	if (first === "sync") {
		return asksHelp ? session.print(syncHelp.trimEnd()) : syncCommand(given.slice(1), session);
	}
	const isFileCommand = first === "import" || first === "export";
	const offered = isFileCommand ? fileCommandsOf(commands) : commands;
	if ((isFileCommand || resources.includes(first)) && (second === undefined || isHelp(second))) {
		return session.print(resourceHelp(first, offered).trimEnd());
	}
	if (asksHelp) return session.print(commandHelp(findCommand(offered, given).command).trimEnd());
	// The organization's own custom fields are flags, too.
	const named = given.some((argument) => argument.startsWith("--cf_"));
	const known = named ? commandsOf(await ownDocument(session.options(globalsOf(given)))) : commands;
	const { command, rest } = findCommand(isFileCommand ? fileCommandsOf(known) : known, given);
	const request = requestOf(command, rest);
	await (isFileCommand ? runFileCommand : call)(command, request, session);
}

async function call(command: Command, request: Request, session: Session): Promise<void> {
	const { path, query, headers, body, all, globals } = request;
	const client = createClient(session.options(globals));
	// The path and its options come from the document at run time, which the types can't express.
	const send = client[command.method as "GET"] as unknown as AnyCall;
	const options = (params: object) => ({
		params: { path, query: params },
		headers,
		...(body === undefined ? {} : { body }),
	});
	const { data } = await send(command.path, options(query));
	if (!command.paged) {
		return data === undefined ? undefined : session.print(JSON.stringify(data, null, 2));
	}
	let page = data as Page;
	const items = [...page.items];
	while (all && page.hasMore) {
		page = (await send(command.path, options({ ...query, cursor: page.nextCursor }))).data as Page;
		items.push(...page.items);
	}
	if (globals.json) return session.print(JSON.stringify({ ...page, items }, null, 2));
	session.print(items.length === 0 ? "There are none." : columns(items));
	if (page.hasMore) session.print(`\nThere are more: --cursor ${page.nextCursor}, or --all.`);
}

function messageOf(error: unknown): string {
	if (error instanceof UsageError) return error.message;
	if (!(error instanceof LeadwireError)) return error instanceof Error ? error.message : String(error);
	// The message already names the first wrong field.
	const more = error.errors.slice(1).map(({ path, message }) => `  ${path}: ${message}`);
	const about = [error.status || "", error.code, error.requestId ?? ""].filter(Boolean).join(" ");
	return [error.message, ...more, `(${about})`].join("\n");
}
