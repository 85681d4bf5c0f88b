// `npm run admin -- org remove`: writes into each database that knows of an organization that it is to be removed. The Worker's cron
// trigger does that; a command that was interrupted can be run again.
import { sql } from "../../src/db/sql.ts";
import { organizationRow } from "../../src/db/tenant.ts";
import { isBeingRemoved, requestRemoval } from "../../src/moving/request.ts";
import type { Channel } from "./channel.ts";
import { UsageError } from "./flags.ts";
import { requireOpenHome } from "./homes.ts";
import { type Query, queryWith } from "./query.ts";

/** How the operator confirms it: by the name of the organization, or without. */
export interface Confirmation {
	readonly name?: string | undefined;
	readonly yes?: boolean | undefined;
}

/**
 * Has an organization removed from all databases that know of it.
 * @throws UsageError when it is not confirmed; Error in plain words when there is none, or when it is in a shard that is not open, or
 * is being moved, exported or imported
 */
export async function removeOrganization({ shards, on }: Channel, id: string, { name, yes }: Confirmation) {
	const known: {
		readonly shard: number;
		readonly query: Query;
		readonly name: string;
		/** Null or below zero where it is. */
		readonly home: number | null;
	}[] = [];
	for (const shard of shards) {
		const query = queryWith(on(shard));
		const [row] = await query(sql`SELECT "name", "home" FROM ${organizationRow(id)}`);
		if (row)
			known.push({ shard, query, name: String(row[0]), home: row[1] === null ? null : Number(row[1]) });
	}
	// Where it was before, it may still have a former name. First where it is, so that no move, export or import of it can begin.
	const isHere = ({ home }: { readonly home: number | null }) => home === null || home < 0;
	const [first] = known.sort((one, other) => Number(isHere(other)) - Number(isHere(one)));
	if (!first) throw new Error(`There is no organization ${id}.`);
	// Otherwise it would stay there, with nothing that its older keys lead to it by.
	if (!isHere(first))
		requireOpenHome(
			shards,
			id,
			known.map(({ home }) => home),
		);
	if (!yes && name !== first.name)
		throw new UsageError(
			`This removes the organization ${id}, “${first.name}”, with all that it has, for good. Confirm it by --name with this name, or by --yes.`,
		);
	for (const { shard, query } of known) {
		const requested = await query(requestRemoval(id, shard, Date.now()));
		if (requested.length > 0) continue;
		const [[isBegun] = []] = await query(
			sql`SELECT ${isBeingRemoved(id)} OR NOT EXISTS (SELECT 1 FROM ${organizationRow(id)})`,
		);
		if (isBegun !== 1)
			throw new Error(
				`The organization ${id} is being moved, exported or imported. Wait for that or withdraw the move; if it was interrupted, try again in two minutes.`,
			);
	}
	return {
		id,
		name: first.name,
		removing: true,
		shards: known.map(({ shard }) => shard).sort((one, other) => one - other),
	};
}
