// The commands of `npm run admin`: the flags of each, how they are checked, and what the command does.
import { ApiKeyCreate, scope } from "../../src/api-keys/schema.ts";
import { plainErrorMap } from "../../src/http/plain-words.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { OrganizationUpdate } from "../../src/organization/schema.ts";
import { eventTypes } from "../../src/outbox/event-types.ts";
import { localSecrets, type Secrets } from "../local/secrets.ts";
import type { Channel } from "./channel.ts";
import { exportOrganization } from "./exporting.ts";
import { type Flags, limitFlags, limits, list, needed, shardOf, targetOf, UsageError } from "./flags.ts";
import { atHome, inEveryShard, inShard, placesOf } from "./homes.ts";
import { importOrganization } from "./importing.ts";
import { linesOf } from "./organization-file.ts";
import { queryWith } from "./query.ts";
import { removeOrganization } from "./removing.ts";
import { listShards } from "./shard-list.ts";
import { jurisdictions, locations } from "./shard-place.ts";
import { openInput, progress, requireFile, writeLines } from "./streams.ts";

export interface Command {
	/** It works on files of the repository, and opens no database. */
	readonly onFiles?: true;
	readonly flags: readonly (keyof Flags)[];
	/** Checks the flags, and gives what then has to be done in the databases; its result is printed. */
	readonly check: (flags: Flags) => (channel: Channel) => Promise<object | null>;
}

export const commands: Readonly<Record<string, Command>> = {
	"org create": {
		flags: ["name", "timezone", "currency", "shard"],
		check(flags) {
			const name = needed(flags, "name");
			const { timezone, currency } = flags;
			const given = { ...(timezone ? { timezone } : {}), ...(currency ? { currency } : {}) };
			// Checked by the same rules as a later change through the API.
			requireValid(OrganizationUpdate, { name, ...given });
			const shard = shardOf(flags);
			return async (channel) => inShard(channel, shard).createOrganization(name, given);
		},
	},
	"org list": {
		flags: [],
		check: () => async (channel) => {
			const listed = (await inEveryShard(channel, (admin) => admin.listOrganizations())).flat();
			return listed.sort((one, other) => (one.id < other.id ? -1 : 1));
		},
	},
	"org move": {
		flags: ["id", "to"],
		check(flags) {
			const id = needed(flags, "id");
			const to = targetOf(flags);
			return async (channel) => {
				inShard(channel, to);
				return (await atHome(channel, id)).moveOrganization(id, to);
			};
		},
	},
	"org remove": {
		flags: ["id", "name", "yes"],
		check(flags) {
			const id = needed(flags, "id");
			return (channel) => removeOrganization(channel, id, flags);
		},
	},
	"org topics": {
		flags: ["org", "allow", "all"],
		check(flags) {
			const org = needed(flags, "org");
			if (Boolean(flags.all) === Boolean(flags.allow)) throw new UsageError("Give either --allow or --all.");
			const topics = flags.all ? null : list(flags, "allow");
			for (const topic of topics ?? []) {
				if (!eventTypes.some((type) => type === topic)) throw new UsageError(`There is no event ${topic}.`);
			}
			return async (channel) => (await atHome(channel, org)).setTopics(org, topics);
		},
	},
	"org limits": {
		flags: ["org", ...Object.keys(limitFlags)] as (keyof Flags)[],
		check(flags) {
			const org = needed(flags, "org");
			const changes = limits(flags);
			return async (channel) => (await atHome(channel, org)).setLimits(org, changes);
		},
	},
	"org usage": {
		flags: ["org"],
		check(flags) {
			const org = needed(flags, "org");
			return async (channel) => (await atHome(channel, org)).usage(org);
		},
	},
	"org export": {
		flags: ["id"],
		check(flags) {
			const id = needed(flags, "id");
			return async (channel) => {
				const { shard, shards } = await placesOf(channel, id);
				const source = { query: queryWith(channel.on(shard)), shard, shards };
				await writeLines(exportOrganization(source, id, progress()));
				return null;
			};
		},
	},
	"org import": {
		flags: ["shard", "replace"],
		check(flags) {
			requireFile();
			const shard = flags.shard === undefined ? undefined : shardOf(flags);
			const ring = parseKeyring(secretFor(flags, "ENCRYPTION_KEY"), "ENCRYPTION_KEY");
			const { replace } = flags;
			return async ({ shards, on, settle }) => {
				const input = await openInput();
				const target = { shards, on: (one: number) => queryWith(on(one)), settle, ring };
				try {
					return await importOrganization(target, () => linesOf(input.read()), {
						shard,
						replace,
						report: progress(),
					});
				} finally {
					input.close();
				}
			};
		},
	},
	"secrets usage": {
		flags: [],
		check: () => (channel) => inEveryShard(channel, (admin) => admin.secretsInUse()),
	},
	"secrets reseal": {
		flags: [],
		check: () => (channel) =>
			inEveryShard(channel, async (admin) => {
				await admin.reseal();
				return admin.secretsInUse();
			}),
	},
	"shard list": {
		flags: [],
		check: () => async (channel) => listShards(channel),
	},
	"shard add": {
		flags: ["location", "jurisdiction"],
		onFiles: true,
		check(flags) {
			const location = chosen(flags, "location", locations);
			const jurisdiction = chosen(flags, "jurisdiction", jurisdictions);
			if ((location === undefined) === (jurisdiction === undefined))
				throw new UsageError("Give either --location or --jurisdiction.");
			return async () => {
				// Imported here because loading wrangler takes longer than everything else.
				const { addShard } = await import("./shard.ts");
				return addShard(jurisdiction ? { jurisdiction } : { location: location ?? "" });
			};
		},
	},
	"key create": {
		flags: ["org", "name", "scopes", "envelope", "reads"],
		check(flags) {
			const org = needed(flags, "org");
			const name = needed(flags, "name");
			const scopes = flags.scopes === undefined ? ["*"] : list(flags, "scopes");
			for (const one of scopes)
				if (!scope().safeParse(one).success) throw new UsageError(`There is no scope ${one}.`);
			const envelope = flags.envelope ?? false;
			const reads = chosen(flags, "reads", ["primary", "nearest"]) ?? "primary";
			// Checked by the same rules as a key that is made through the API.
			requireValid(ApiKeyCreate, { name, scopes, envelope, reads });
			const pepper = secretFor(flags, "KEY_PEPPER");
			const wanted = { organizationId: org, name, mode: "live", scopes, envelope, reads, pepper } as const;
			return async (channel) => (await atHome(channel, org)).createKey(wanted);
		},
	},
	"key list": {
		flags: ["org"],
		check(flags) {
			const org = needed(flags, "org");
			return async (channel) => (await atHome(channel, org)).listKeys(org);
		},
	},
	"key revoke": {
		flags: ["id"],
		check(flags) {
			const id = needed(flags, "id");
			return async (channel) => {
				const owners = await inEveryShard(channel, (admin) => admin.ownerOf(id));
				const owner = owners.find((one) => one !== undefined);
				const revoked = owner && (await (await atHome(channel, owner)).revokeKey(id));
				if (!revoked) throw new Error(`There is no key ${id} that is in use.`);
				const effective = (await channel.endKey(id)) ? "at once" : "within a minute";
				return { ...revoked, effective };
			};
		},
	},
};

/** Throws a UsageError that names the first flag whose value a schema of the API refuses. */
function requireValid(schema: typeof OrganizationUpdate | typeof ApiKeyCreate, values: object): void {
	const [fault] = schema.safeParse(values, { error: plainErrorMap }).error?.issues ?? [];
	if (fault) throw new UsageError(`--${String(fault.path[0])}: ${fault.message}`);
}

/** What a flag says of the values that it takes. Throws a UsageError when it is none of them. */
function chosen<T extends string>(
	flags: Flags,
	name: "location" | "jurisdiction" | "reads",
	values: readonly T[],
) {
	const given = flags[name];
	const value = values.find((one) => one === given);
	if (given !== undefined && !value) throw new UsageError(`--${name} is one of ${values.join(", ")}.`);
	return value;
}

/** A secret of the Worker: the local one, or that of the deployed Worker, with which all that it has was made. */
function secretFor({ remote }: Flags, name: keyof Secrets): string {
	if (!remote) return localSecrets()[name];
	const secret = process.env[name];
	if (secret) return secret;
	throw new UsageError(`--remote needs ${name} in the environment, the same that the deployed Worker has.`);
}
