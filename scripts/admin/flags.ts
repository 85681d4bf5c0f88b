// What the commands of `npm run admin` take, and how each flag is read.
import type { parseArgs } from "node:util";
import { type Quota, quotas } from "../../src/quotas/quotas.ts";
import type { Limits } from "./organizations.ts";

/** The caller's fault: answered with the usage and exit code 2. */
export class UsageError extends Error {}

export const options = {
	name: { type: "string" },
	org: { type: "string" },
	id: { type: "string" },
	shard: { type: "string" },
	to: { type: "string" },
	replace: { type: "boolean" },
	yes: { type: "boolean" },
	location: { type: "string" },
	jurisdiction: { type: "string" },
	timezone: { type: "string" },
	currency: { type: "string" },
	scopes: { type: "string" },
	allow: { type: "string" },
	all: { type: "boolean" },
	records: { type: "string" },
	bytes: { type: "string" },
	webhooks: { type: "string" },
	"api-keys": { type: "string" },
	"custom-fields": { type: "string" },
	"idempotency-bytes": { type: "string" },
	"log-bytes": { type: "string" },
	"record-bytes": { type: "string" },
	envelope: { type: "boolean" },
	reads: { type: "string" },
	remote: { type: "boolean" },
	json: { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const;

export type Flags = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** What each flag of `org limits` sets. */
export const limitFlags = {
	records: "records",
	bytes: "bytes",
	webhooks: "webhooks",
	"api-keys": "apiKeys",
	"custom-fields": "customFields",
	"idempotency-bytes": "idempotencyBytes",
	"log-bytes": "logBytes",
	"record-bytes": "recordBytes",
} as const satisfies Record<string, Quota>;

/** The text of a flag that must be given. */
export function needed(flags: Flags, name: "name" | "org" | "id" | "to"): string {
	const value = flags[name]?.trim();
	if (!value) throw new UsageError(`--${name} is missing.`);
	return value;
}

/** The number of a shard, the first unless given. */
export const shardOf = ({ shard = "0" }: Flags): number => shardNumber("shard", shard);

/** The number of the shard that an organization is to move to. */
export const targetOf = (flags: Flags): number => shardNumber("to", needed(flags, "to"));

function shardNumber(name: string, text: string): number {
	if (!/^\d{1,4}$/.test(text)) throw new UsageError(`--${name} takes the number of a shard, such as 1.`);
	return Number(text);
}

/** The quotas that flags set: a number each, or null for the standard one. */
export function limits(flags: Flags): Limits {
	const given = Object.entries(limitFlags).flatMap(([flag, quota]) => {
		const text = flags[flag as keyof typeof limitFlags]?.trim();
		return text === undefined ? [] : [{ flag, quota, text }];
	});
	if (given.length === 0)
		throw new UsageError(`Give at least one of --${Object.keys(limitFlags).join(", --")}.`);
	const entries = given.map(({ flag, quota, text }) => {
		const { most } = quotas[quota];
		if (text === "default") return [quota, null];
		if (!/^\d{1,11}$/.test(text) || Number(text) > most)
			throw new UsageError(`--${flag} takes a whole number from 0 to ${most}, or default.`);
		return [quota, Number(text)];
	});
	return Object.fromEntries(entries);
}

/** The names that a flag lists. */
export function list(flags: Flags, name: "allow" | "scopes"): string[] {
	const items = (flags[name] ?? "").split(",").map((item) => item.trim());
	if (items.includes("")) throw new UsageError(`--${name} takes names with commas between them.`);
	return [...new Set(items)];
}
