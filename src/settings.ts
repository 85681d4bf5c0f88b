// The operator's settings and how each is validated. They are read once per isolate. An invalid setting is refused by name
// at the start; if it reaches the Worker, `/health` names it.
import { AppError } from "./errors.ts";
import { parseKeyring } from "./keyring.ts";
import { keysOf } from "./keys.ts";
import { logFault } from "./log.ts";
import { parsePlaces } from "./places.ts";

/** Parses the text of a setting, given its name and the names of the Worker's bindings. */
type Parser = (text: string, name: string, bindings: ReadonlySet<string>) => unknown;

/** A parser of whole numbers from `min` to `max`. */
const wholeNumber = (min: number, max: number, unit: string) => (text: string, name: string) => {
	const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= min && number <= max) return number;
	throw new Error(`${name} must be a whole number of ${unit} from ${min} to ${max}.`);
};

const days = wholeNumber(1, 3_650, "days");

const MAX_ATTEMPTS = 20;
const MAX_DELAY_SECONDS = 86_400;

/**
 * Reads `WEBHOOK_RETRY_DELAYS`: whole seconds before each attempt, comma-separated, 1 to 20 of them, each 0 to 86,400.
 * Throws an Error that names the variable.
 */
export function parseDelays(text: string): number[] {
	const parts = text.split(",").map((part) => part.trim());
	const delays = parts.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN));
	if (delays.length > MAX_ATTEMPTS || !delays.every((delay) => delay <= MAX_DELAY_SECONDS)) {
		throw new Error(
			"WEBHOOK_RETRY_DELAYS must list 1 to 20 whole numbers of seconds from 0 to 86400, separated by commas.",
		);
	}
	return delays;
}

const HOST = /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/i;

function parseHosts(text: string, name: string): string[] {
	const entries = text.split(",").map((host) => host.trim());
	const hostNames = entries.filter((host) => host !== "");
	if (hostNames.every((host) => HOST.test(host))) return hostNames;
	throw new Error(
		`${name} must list host names such as api.example.com, separated by commas, without https:// or a path.`,
	);
}

function parseUrl(text: string, name: string): string {
	const isLocal = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?(?:\/|$)/.test(text);
	if ((isLocal || text.startsWith("https://")) && URL.canParse(text)) return text.replace(/\/+$/, "");
	throw new Error(`${name} must be an address that begins with https://.`);
}

function parseSender(text: string, name: string): string {
	if (/^$|^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text)) return text;
	throw new Error(`${name} must be an e-mail address such as alerts@example.com, or empty.`);
}

function parseBoolean(text: string, name: string): boolean {
	if (text === "true" || text === "false") return text === "true";
	throw new Error(`${name} must be true or false.`);
}

/** The parser of each setting; it throws an Error that names the setting and never shows a secret. */
const parsers = {
	WEBHOOK_RETRY_DELAYS: parseDelays,
	// A claim's lease is longer than this (`sendingRules` in env.ts), and an invocation must be, too (delivery/consumer.ts).
	WEBHOOK_TIMEOUT_SECONDS: wholeNumber(1, 30, "seconds"),
	DELIVERY_RETENTION_DAYS: days,
	TRASH_RETENTION_DAYS: days,
	/** 0 keeps events forever. */
	EVENT_RETENTION_DAYS: wholeNumber(0, 3_650, "days"),
	/** 0 logs no requests. */
	REQUEST_LOG_DAYS: wholeNumber(0, 90, "days"),
	/** Empty: no e-mails are sent. */
	NOTIFICATION_SENDER: parseSender,
	PUBLIC_HOSTS: parseHosts,
	SHARD_PLACES: parsePlaces,
	TURNSTILE_URL: parseUrl,
	ALLOW_INSECURE_TARGETS: parseBoolean,
	KEY_PEPPER: parseKeyring,
	ENCRYPTION_KEY: parseKeyring,
} satisfies Readonly<Record<string, Parser>>;

export type SettingName = keyof typeof parsers;
export type Settings = { readonly [Name in SettingName]: ReturnType<(typeof parsers)[Name]> };
export type SettingTexts = { readonly [Name in SettingName]?: string | undefined };

/** Names of the settings that are secrets: no file of the repository contains their values. */
export const SECRETS = ["KEY_PEPPER", "ENCRYPTION_KEY"] as const satisfies readonly SettingName[];

export type SecretName = (typeof SECRETS)[number];

const names = keysOf(parsers);

/** A setting that is missing or invalid, and a message that begins with its name. */
export interface InvalidSetting {
	readonly name: SettingName;
	readonly message: string;
}

/**
 * Reads all settings, and lists the invalid ones.
 * @param bindings the names of the Worker's bindings; those that the settings refer to must be among them
 */
export function readSettings(
	texts: SettingTexts,
	bindings: ReadonlySet<string>,
): { settings: Settings; wrong: InvalidSetting[] } {
	const wrong: InvalidSetting[] = [];
	const values = names.map((name) => {
		try {
			const text = texts[name];
			if (text === undefined) throw new Error(`${name} is not set.`);
			// TOML has numbers and so on, too, which the Worker gets as they are.
			if (typeof text !== "string") throw new Error(`${name} must be a text in quotes.`);
			return [name, parsers[name](text, name, bindings)];
		} catch (error) {
			wrong.push({ name, message: error instanceof Error ? error.message : `${name} is wrong.` });
			return [name, undefined];
		}
	});
	return { settings: Object.fromEntries(values), wrong };
}

type Read = ReturnType<typeof readSettings>;

/** What was read from bindings, which never change. */
const known = new WeakMap<SettingTexts, Read>();
/** The last result and what it was read from: bindings may be wrapped in a new object. */
let cached: { readonly from: readonly unknown[]; readonly read: Read } | null = null;

function readOnce(env: SettingTexts): Read {
	const read = known.get(env) ?? readTexts(env);
	known.set(env, read);
	return read;
}

function readTexts(env: SettingTexts): Read {
	const bindings = Object.keys(env);
	const from = [...names.map((name) => env[name]), bindings.join()];
	if (cached && from.every((part, index) => cached?.from[index] === part)) return cached.read;
	const read = readSettings(env, new Set(bindings));
	cached = { from, read };
	const [first, ...more] = read.wrong;
	if (first) logFault("settings", {}, new Error([first, ...more].map(({ message }) => message).join(" ")));
	return read;
}

/**
 * The settings, read once per isolate.
 * @throws AppError 503 that names the invalid ones
 */
export function settingsOf(env: SettingTexts): Settings {
	const read = readOnce(env);
	if (read.wrong.length === 0) return read.settings;
	const wrong = read.wrong.map(({ name }) => name).join(", ");
	throw new AppError("SERVICE_UNAVAILABLE", `Settings of this server are wrong: ${wrong}.`, undefined, {
		"Retry-After": "60",
	});
}
