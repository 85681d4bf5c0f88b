// The operator's settings, each with what it must be. They are read once per isolate; a wrong one is refused by name
// before anything starts, and where it got as far as the Worker, `/health` says which it is.
import { AppError } from "./errors.ts";
import { parseKeyring } from "./keyring.ts";
import { fault } from "./log.ts";
import { parsePlaces } from "./places.ts";

/** Reads the text of a setting, given its name and the names of the Worker's bindings. */
type Parser = (text: string, name: string, bindings: ReadonlySet<string>) => unknown;

/** Whole numbers of something, from `least` to `most`. */
const whole = (least: number, most: number, of: string) => (text: string, name: string) => {
	const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= least && number <= most) return number;
	throw new Error(`${name} must be a whole number of ${of} from ${least} to ${most}.`);
};

const days = whole(1, 3_650, "days");

const MOST_ATTEMPTS = 20;
const LONGEST_DELAY_SECONDS = 86_400;

/**
 * Reads `WEBHOOK_RETRY_DELAYS`: whole seconds before each attempt, comma-separated, 1 to 20 of them, each 0 to 86,400.
 * Throws an Error that names the variable.
 */
export function parseDelays(text: string): number[] {
	const parts = text.split(",").map((part) => part.trim());
	const delays = parts.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN));
	if (delays.length > MOST_ATTEMPTS || !delays.every((delay) => delay <= LONGEST_DELAY_SECONDS)) {
		throw new Error(
			"WEBHOOK_RETRY_DELAYS must list 1 to 20 whole numbers of seconds from 0 to 86400, separated by commas.",
		);
	}
	return delays;
}

const HOST = /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/i;

function hosts(text: string, name: string): string[] {
	const found = text.split(",").map((host) => host.trim());
	const listed = found.filter((host) => host !== "");
	if (listed.every((host) => HOST.test(host))) return listed;
	throw new Error(
		`${name} must list host names such as api.example.com, separated by commas, without https:// or a path.`,
	);
}

function truth(text: string, name: string): boolean {
	if (text === "true" || text === "false") return text === "true";
	throw new Error(`${name} must be true or false.`);
}

/** Every setting and how its text is read: by `Parser`, which throws an Error that names it and never shows a secret. */
const parsers = {
	WEBHOOK_RETRY_DELAYS: parseDelays,
	// A receiver's time is part of an invocation's, and of a claim's lease: delivery/claim.ts
	WEBHOOK_TIMEOUT_SECONDS: whole(1, 30, "seconds"),
	DELIVERY_RETENTION_DAYS: days,
	TRASH_RETENTION_DAYS: days,
	/** 0 keeps them for good. */
	EVENT_RETENTION_DAYS: whole(0, 3_650, "days"),
	PUBLIC_HOSTS: hosts,
	SHARD_PLACES: parsePlaces,
	ALLOW_INSECURE_TARGETS: truth,
	KEY_PEPPER: parseKeyring,
	ENCRYPTION_KEY: parseKeyring,
} satisfies Readonly<Record<string, Parser>>;

export type SettingName = keyof typeof parsers;
export type Settings = { readonly [Name in SettingName]: ReturnType<(typeof parsers)[Name]> };
export type SettingTexts = { readonly [Name in SettingName]?: string | undefined };

/** Names of the settings that are secrets: they stand in no file of the repository. */
export const SECRETS: readonly SettingName[] = ["KEY_PEPPER", "ENCRYPTION_KEY"];

const names = Object.keys(parsers) as SettingName[];

/** A setting that is missing or not what it must be, and what is wrong in words that begin with its name. */
export interface WrongSetting {
	readonly name: SettingName;
	readonly message: string;
}

/**
 * Reads settings; gives those that are wrong, if any is.
 * @param bindings the names of the Worker's bindings, which must have what the settings speak of
 */
export function readSettings(
	texts: SettingTexts,
	bindings: ReadonlySet<string>,
): { settings: Settings; wrong: WrongSetting[] } {
	const wrong: WrongSetting[] = [];
	const values = names.map((name) => {
		try {
			const text = texts[name];
			if (text === undefined) throw new Error(`${name} is not set.`);
			return [name, parsers[name](text, name, bindings)];
		} catch (error) {
			wrong.push({ name, message: error instanceof Error ? error.message : `${name} is wrong.` });
			return [name, undefined];
		}
	});
	return { settings: Object.fromEntries(values), wrong };
}

/** What was read last, and of which texts: the settings of an isolate don't change, but its bindings may be wrapped anew. */
let known: { readonly texts: readonly unknown[]; readonly read: ReturnType<typeof readSettings> } | null =
	null;

function readOnce(env: SettingTexts): ReturnType<typeof readSettings> {
	const texts = names.map((name) => env[name]);
	if (known?.texts.every((text, index) => text === texts[index])) return known.read;
	const read = readSettings(env, new Set(Object.keys(env)));
	known = { texts, read };
	const [first, ...more] = read.wrong;
	if (first) fault("settings", {}, new Error([first, ...more].map(({ message }) => message).join(" ")));
	return read;
}

/**
 * The settings, read once per isolate.
 * @throws AppError 503 that names those that are wrong
 */
export function settingsOf(env: SettingTexts): Settings {
	const read = readOnce(env);
	if (read.wrong.length === 0) return read.settings;
	const wrong = read.wrong.map(({ name }) => name).join(", ");
	throw new AppError("SERVICE_UNAVAILABLE", `Settings of this server are wrong: ${wrong}.`, undefined, {
		"Retry-After": "60",
	});
}
