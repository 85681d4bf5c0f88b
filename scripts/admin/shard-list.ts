// `npm run admin -- shard list`: each database, where it was asked to be, and what is in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseBindingOf } from "../../src/places.ts";
import { repositoryRoot } from "../tools/tools.ts";
import type { Channel } from "./channel.ts";
import { inEveryShard } from "./homes.ts";
import { type Place, placeOf } from "./shard-place.ts";

export interface ListedShard extends Partial<Record<"location" | "jurisdiction", string>> {
	readonly shard: number;
	readonly binding: string;
	/** How many organizations are in it, those included that are about to leave. */
	readonly organizations: number;
	readonly bytes: number;
	/** The organizations that are leaving it, and for which shard. */
	readonly moving: readonly { readonly id: string; readonly to: number }[];
}

/** All shards in order. The place of each is what `shard add` has written into this wrangler.toml, if it has. */
export async function listShards(
	channel: Channel,
	path = join(repositoryRoot, "wrangler.toml"),
): Promise<ListedShard[]> {
	const text = readFileSync(path, "utf8");
	const organizations = await inEveryShard(channel, (admin) => admin.listOrganizations());
	const listed: ListedShard[] = [];
	for (const [index, shard] of channel.shards.entries()) {
		const own = organizations[index] ?? [];
		const place: Place | null = placeOf(text, shard);
		listed.push({
			shard,
			binding: databaseBindingOf(shard),
			...place,
			organizations: own.length,
			bytes: await channel.bytesOf(shard),
			moving: own.flatMap((one) =>
				"movingTo" in one && one.movingTo !== undefined ? [{ id: one.id, to: one.movingTo }] : [],
			),
		});
	}
	return listed;
}
