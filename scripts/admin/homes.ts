// Finds the database of an organization. There is no directory, so all databases are asked, a few at a time.
import { databaseBindingOf } from "../../src/places.ts";
import { atOnce } from "../tools/at-once.ts";
import type { Channel } from "./channel.ts";
import { type Operator, operator } from "./operator.ts";

const AT_ONCE = 4;

type Databases = Pick<Channel, "shards" | "on">;

/** Runs work in every shard; returns the results in the order of the shards. Throws the first error. */
export const inEveryShard = <T>(channel: Databases, work: (admin: Operator) => Promise<T>): Promise<T[]> =>
	atOnce(AT_ONCE, channel.shards, (shard) => work(operator(channel.on(shard), shard)));

/** The operator of one shard. Throws an Error in plain words when there is no such shard. */
export function inShard(channel: Databases, shard: number): Operator {
	if (channel.shards.includes(shard)) return operator(channel.on(shard), shard);
	throw new Error(`There is no shard ${shard}; there are ${channel.shards.join(", ")}.`);
}

/** The shard that an organization has moved to as its former shards say, when that is not open here. */
export const closedHome = (shards: readonly number[], homes: Iterable<number | null | undefined>) =>
	[...homes].find((home): home is number => typeof home === "number" && home >= 0 && !shards.includes(home));

/** Says of a shard that it is not open, and what opens it: on this machine, and in the deployed system. */
export const notOpen = (shard: number): string =>
	`in shard ${shard}, which is not open here (SHARDS=${shard + 1}, or ${databaseBindingOf(shard)} in wrangler.toml)`;

/** Throws an Error in plain words if an organization has moved to a shard that is not open here. */
export function requireOpenHome(
	shards: readonly number[],
	organizationId: string,
	homes: Iterable<number | null | undefined>,
): void {
	const closed = closedHome(shards, homes);
	if (closed !== undefined) throw new Error(`The organization ${organizationId} is ${notOpen(closed)}.`);
}

/** The operator of the shard that an organization is in. Throws an Error in plain words when it is in none, in one that is not open, or being moved. */
export const atHome = async (channel: Databases, organizationId: string): Promise<Operator> =>
	inShard(channel, (await placesOf(channel, organizationId)).shard);

/** The shard that an organization is in, and all that know of it. Throws as `atHome` does. */
export async function placesOf(channel: Databases, organizationId: string) {
	const homes = await inEveryShard(channel, (admin) => admin.homeOf(organizationId));
	const shards = channel.shards.filter((_, index) => homes[index] !== undefined);
	const shard = channel.shards.find((_, index) => homes[index] === null);
	if (shard !== undefined) return { shard, shards };
	requireOpenHome(channel.shards, organizationId, homes);
	if (shards.length > 0)
		throw new Error(
			`The organization ${organizationId} is being moved to another database, imported or removed. Try again later.`,
		);
	throw new Error(`There is no organization ${organizationId}.`);
}
