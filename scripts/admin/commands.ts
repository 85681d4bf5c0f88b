// The commands of `npm run admin`: the flags of each, how they are checked, and what the command does.
import { scope } from "../../src/api-keys/schema.ts";
import { OrganizationUpdate } from "../../src/organization/schema.ts";
import { eventTypes } from "../../src/outbox/names.ts";
import { localSecrets } from "../local/secrets.ts";
import type { Channel } from "./channel.ts";
import { type Flags, limitFlags, limits, list, needed, shardOf, targetOf, UsageError } from "./flags.ts";
import { atHome, inEveryShard, inShard } from "./homes.ts";
import { addShard, jurisdictions, locations } from "./shard.ts";

export interface Command {
	/** It works on files of the repository, and opens no database. */
	readonly onFiles?: true;
	readonly flags: readonly (keyof Flags)[];
	/** Checks the flags, and gives what then has to be done in the databases. */
	readonly check: (flags: Flags) => (channel: Channel) => Promise<object>;
}

export const commands: Readonly<Record<string, Command>> = {
	"org create": {
		flags: ["name", "timezone", "currency", "shard"],
		check(flags) {
			const name = needed(flags, "name");
			const { timezone, currency } = flags;
			const given = { ...(timezone ? { timezone } : {}), ...(currency ? { currency } : {}) };
			// Checked by the same rules as a later change through the API.
			const [fault] = OrganizationUpdate.safeParse({ name, ...given }).error?.issues ?? [];
			if (fault) throw new UsageError(`--${fault.path.join(".")}: ${fault.message}`);
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
	"shard add": {
		flags: ["location", "jurisdiction"],
		onFiles: true,
		check(flags) {
			const location = chosen(flags, "location", locations);
			const jurisdiction = chosen(flags, "jurisdiction", jurisdictions);
			if ((location === undefined) === (jurisdiction === undefined))
				throw new UsageError("Give either --location or --jurisdiction.");
			return async () => addShard(jurisdiction ? { jurisdiction } : { location: location ?? "" });
		},
	},
	"key create": {
		flags: ["org", "name", "scopes", "envelope"],
		check(flags) {
			const org = needed(flags, "org");
			const name = needed(flags, "name");
			const scopes = flags.scopes === undefined ? ["*"] : list(flags, "scopes");
			for (const one of scopes)
				if (!scope.safeParse(one).success) throw new UsageError(`There is no scope ${one}.`);
			const pepper = pepperFor(flags);
			const envelope = flags.envelope ?? false;
			const wanted = { organizationId: org, name, mode: "live", scopes, envelope, pepper } as const;
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
				if (!revoked) throw new Error(`There is no key in use ${id}.`);
				const effective = (await channel.endKey(id)) ? "at once" : "within a minute";
				return { ...revoked, effective };
			};
		},
	},
};

/** What a flag says of the values that it takes. Throws a UsageError when it is none of them. */
function chosen<T extends string>(flags: Flags, name: "location" | "jurisdiction", values: readonly T[]) {
	const given = flags[name];
	const value = values.find((one) => one === given);
	if (given !== undefined && !value) throw new UsageError(`--${name} is one of ${values.join(", ")}.`);
	return value;
}

/** Local keys are hashed with the local pepper. The deployed Worker has another one, and a key hashed with ours would never work there. */
function pepperFor({ remote }: Flags): string {
	if (!remote) return localSecrets().KEY_PEPPER;
	if (process.env.KEY_PEPPER) return process.env.KEY_PEPPER;
	throw new UsageError(
		"--remote needs KEY_PEPPER in the environment, the same that the deployed Worker has.",
	);
}
