// The commands of `npm run admin`: the flags of each, how they are checked, and what the command does.
import type { parseArgs } from "node:util";
import { scope } from "../../src/api-keys/schema.ts";
import { OrganizationUpdate } from "../../src/organization/schema.ts";
import { eventTypes } from "../../src/outbox/names.ts";
import { type Quota, quotas } from "../../src/quotas/quotas.ts";
import { localSecrets } from "../local/secrets.ts";
import type { Channel } from "./channel.ts";
import { type Limits, operator } from "./operator.ts";

/** The command was called wrongly: prints the usage and exits with code 2. */
export class UsageError extends Error {}

export const options = {
	name: { type: "string" },
	org: { type: "string" },
	id: { type: "string" },
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
	remote: { type: "boolean" },
	json: { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const;

/** The quota that each flag of `org limits` sets. */
const limitFlags = {
	records: "records",
	bytes: "bytes",
	webhooks: "webhooks",
	"api-keys": "apiKeys",
	"custom-fields": "customFields",
	"idempotency-bytes": "idempotencyBytes",
	"log-bytes": "logBytes",
	"record-bytes": "recordBytes",
} as const satisfies Record<string, Quota>;

export type Flags = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

export interface Command {
	readonly takes: readonly (keyof Flags)[];
	/** Checks the flags; returns the function that does the work. */
	readonly prepare: (flags: Flags) => (channel: Channel) => Promise<object>;
}

export const commands: Readonly<Record<string, Command>> = {
	"org create": {
		takes: ["name", "timezone", "currency"],
		prepare(flags) {
			const name = needed(flags, "name");
			const { timezone, currency } = flags;
			const given = { ...(timezone ? { timezone } : {}), ...(currency ? { currency } : {}) };
			// Checked by the same rules as a later change through the API.
			const [fault] = OrganizationUpdate.safeParse({ name, ...given }).error?.issues ?? [];
			if (fault) throw new UsageError(`--${fault.path.join(".")}: ${fault.message}`);
			return ({ execute }) => operator(execute).createOrganization(name, given);
		},
	},
	"org list": {
		takes: [],
		prepare:
			() =>
			({ execute }) =>
				operator(execute).listOrganizations(),
	},
	"org topics": {
		takes: ["org", "allow", "all"],
		prepare(flags) {
			const org = needed(flags, "org");
			if (Boolean(flags.all) === Boolean(flags.allow)) throw new UsageError("Give either --allow or --all.");
			const topics = flags.all ? null : list(flags, "allow");
			for (const topic of topics ?? []) {
				if (!eventTypes.some((type) => type === topic)) throw new UsageError(`There is no event ${topic}.`);
			}
			return async ({ execute }) =>
				found(await operator(execute).setTopics(org, topics), "organization", org);
		},
	},
	"org limits": {
		takes: ["org", ...Object.keys(limitFlags)] as (keyof Flags)[],
		prepare(flags) {
			const org = needed(flags, "org");
			const changes = limits(flags);
			return async ({ execute }) =>
				found(await operator(execute).setLimits(org, changes), "organization", org);
		},
	},
	"org usage": {
		takes: ["org"],
		prepare(flags) {
			const org = needed(flags, "org");
			return async ({ execute }) => found(await operator(execute).usage(org), "organization", org);
		},
	},
	"key create": {
		takes: ["org", "name", "scopes", "envelope"],
		prepare(flags) {
			const org = needed(flags, "org");
			const name = needed(flags, "name");
			const scopes = flags.scopes === undefined ? ["*"] : list(flags, "scopes");
			for (const one of scopes)
				if (!scope.safeParse(one).success) throw new UsageError(`There is no scope ${one}.`);
			const pepper = pepperFor(flags);
			const envelope = flags.envelope ?? false;
			const wanted = { organizationId: org, name, mode: "live", scopes, envelope, pepper } as const;
			return async ({ execute }) => found(await operator(execute).createKey(wanted), "organization", org);
		},
	},
	"key list": {
		takes: ["org"],
		prepare(flags) {
			const org = needed(flags, "org");
			return ({ execute }) => operator(execute).listKeys(org);
		},
	},
	"key revoke": {
		takes: ["id"],
		prepare(flags) {
			const id = needed(flags, "id");
			return async ({ execute, endKey }) => {
				const revoked = found(await operator(execute).revokeKey(id), "key in use", id);
				const effective = (await endKey(id)) ? "at once" : "within a minute";
				return { ...revoked, effective };
			};
		},
	},
};

function needed(flags: Flags, name: "name" | "org" | "id"): string {
	const value = flags[name]?.trim();
	if (!value) throw new UsageError(`--${name} is missing.`);
	return value;
}

/** The quotas that the flags set: a number, or null for the default. */
function limits(flags: Flags): Limits {
	const given = Object.entries(limitFlags).flatMap(([flag, quota]) => {
		const text = flags[flag as keyof typeof limitFlags]?.trim();
		return text === undefined ? [] : [{ flag, quota, text }];
	});
	if (given.length === 0)
		throw new UsageError(`Give at least one of --${Object.keys(limitFlags).join(", --")}.`);
	const entries = given.map(({ flag, quota, text }) => {
		const { most } = quotas[quota];
		if (text === "default") return [quota, null];
		if (!/^\d{1,9}$/.test(text) || Number(text) > most)
			throw new UsageError(`--${flag} takes a whole number from 0 to ${most}, or default.`);
		return [quota, Number(text)];
	});
	return Object.fromEntries(entries);
}

function list(flags: Flags, name: "allow" | "scopes"): string[] {
	const items = (flags[name] ?? "").split(",").map((item) => item.trim());
	if (items.includes("")) throw new UsageError(`--${name} takes names with commas between them.`);
	return [...new Set(items)];
}

/** Local keys are hashed with the local pepper. The deployed Worker has another one, and a key hashed with ours would never work there. */
function pepperFor({ remote }: Flags): string {
	if (!remote) return localSecrets().KEY_PEPPER;
	if (process.env.KEY_PEPPER) return process.env.KEY_PEPPER;
	throw new UsageError(
		"--remote needs KEY_PEPPER in the environment, the same that the deployed Worker has.",
	);
}

function found<T>(row: T | undefined, noun: string, id: string): T {
	if (row === undefined) throw new Error(`There is no ${noun} ${id}.`);
	return row;
}
