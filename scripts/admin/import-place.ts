// Where `npm run admin -- org import` puts an organization: what the databases say of its place, and which of them it goes to.
import { IMPORTING, REMOVING } from "../../src/db/schema/organizations.ts";
import { sql } from "../../src/db/sql.ts";
import { organizationRow } from "../../src/db/tenant.ts";
import { isBeingRemoved } from "../../src/moving/request.ts";
import { requireOpenHome } from "./homes.ts";
import type { Header } from "./organization-file.ts";
import type { Query } from "./query.ts";

/** The databases of a system. */
export interface Databases {
	readonly shards: readonly number[];
	on(shard: number): Query;
}

/** What each shard that knows of an organization says of its place: null for here. */
export async function homesOf({ shards, on }: Databases, id: string): Promise<Map<number, number | null>> {
	const homes = new Map<number, number | null>();
	for (const shard of shards) {
		const home = sql`iif(${isBeingRemoved(id)}, ${REMOVING}, "home")`;
		const [row] = await on(shard)(sql`SELECT ${home} FROM ${organizationRow(id)}`);
		if (row) homes.set(shard, row[0] === null ? null : Number(row[0]));
	}
	return homes;
}

/** The shard to import into. Throws an Error in plain words where there is none. */
export function placeFor(
	{ shards }: Databases,
	{ organization: { id }, shard: former }: Header,
	homes: ReadonlyMap<number, number | null>,
	wanted: number | undefined,
	replace: boolean,
): number {
	if ([...homes.values()].includes(REMOVING))
		throw new Error(`The organization ${id} is being removed. Import it when org list no longer shows it.`);
	const [begun] = [...homes].find(([, home]) => home === IMPORTING) ?? [];
	const [present] = [...homes].find(([, home]) => home === null || home === -1) ?? [];
	if (present !== undefined && !replace)
		throw new Error(
			`The organization ${id} exists, in shard ${present}. With --replace the file takes the place of all that it has.`,
		);
	if ([...homes].some(([shard, home]) => home !== null && homes.get(home) === shard))
		throw new Error(`The organization ${id} is being moved. Try again in some minutes.`);
	const bound = begun ?? present;
	// Otherwise it would be in two databases when that one is open again.
	if (bound === undefined) requireOpenHome(shards, id, homes.values());
	if (bound !== undefined && wanted !== undefined && wanted !== bound)
		throw new Error(`The organization ${id} is in shard ${bound}. Leave out --shard.`);
	const shard = bound ?? wanted ?? former;
	if (shards.includes(shard)) return shard;
	throw new Error(`There is no shard ${shard}; there are ${shards.join(", ")}. Choose one by --shard.`);
}
