// Makes an organization large: copies rows that the API made, with SQL, because a hundred thousand calls would take
// all day.
import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { links } from "../src/db/schema/bookkeeping.ts";
import { leads } from "../src/db/schema/leads.ts";
import { newId } from "../src/ids.ts";
import { chunks, spreadName } from "./leads.ts";
import type { Organization, Target } from "./target.ts";

/** Rows in one statement: their ids fit into one bound text. */
const AT_ONCE = 5_000;
/** Time between two copies (ms). */
const APART = 200;

/** Columns whose value differs from the original's: an expression over `copy.value`, which is [id, original's id, count, instant]. */
type Anew = Readonly<Record<string, string>>;

const dated = { id: "copy.value->>0", createdAt: "copy.value->>3" };

/** Adds copies until there are `wanted` leads and events, all of them older than the existing rows. */
export async function grow(
	target: Target,
	organization: Organization,
	wanted: { readonly leads: number; readonly events: number },
): Promise<void> {
	const { id: organizationId } = (await organization.call<{ id: string }>("GET", "/organization")).body;
	const add = async (table: SQLiteTable, prefix: string, count: number, anew: Anew) => {
		const name = getTableName(table);
		const ids = (await target.execute(`SELECT "id" FROM "${name}" WHERE "organizationId" = ?1`, [
			organizationId,
		])) as [string][];
		const began = Date.now() - count * APART - 60_000;
		const copies = Array.from({ length: count - ids.length }, (_, index) => {
			const at = began + index * APART;
			return [newId(prefix, at), ids[index % ids.length]?.[0], index, at, spreadName(index)];
		});
		for (const some of chunks(copies, AT_ONCE)) {
			const values = [organizationId, JSON.stringify(some)];
			await target.execute(copying(table, { ...dated, ...anew }), values);
			if (table === leads) await target.execute(LINKS, values);
		}
	};
	await add(leads, "ld", wanted.leads, {
		updatedAt: "copy.value->>3",
		number: "1000 + copy.value->>2",
		name: "copy.value->>4",
		email: "'copy' || (copy.value->>2) || '@example.com'",
	});
	await addEvents(target, organizationId, wanted.events);
	await target.execute(
		`UPDATE counters SET "value" = ?2, "lastNumber" = ?2, "upTo" = (SELECT max("id") FROM leads WHERE "organizationId" = ?1)
			WHERE "organizationId" = ?1 AND "resource" = 'leads'`,
		[organizationId, wanted.leads + 1_000],
	);
}

/** Adds copies of events before the oldest one, so that their numbers have no gaps. */
async function addEvents(target: Target, organizationId: string, wanted: number): Promise<void> {
	const isOurs = `"key" >> 40 = (SELECT "ordinal" FROM organizations WHERE "id" = ?1)`;
	const [[there] = []] = await target.execute(`SELECT count(*) FROM event_log WHERE ${isOurs}`, [
		organizationId,
	]);
	for (let missing = wanted - Number(there); missing > 0; missing -= AT_ONCE)
		await target.execute(
			`INSERT INTO event_log ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload")
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(?2 AS INTEGER)),
				oldest AS MATERIALIZED (SELECT "key", "createdAt" FROM event_log WHERE ${isOurs} ORDER BY "key" LIMIT 1),
				original AS MATERIALIZED (SELECT "type", "entityId", "payload", row_number() OVER (ORDER BY "key" DESC) AS nth FROM event_log WHERE ${isOurs} ORDER BY "key" DESC LIMIT 500)
			SELECT oldest."key" - n.i, 'evt_7' || printf('%025d', oldest."key" - n.i), original."type", original."entityId", oldest."createdAt" - n.i * ${APART}, 0, 0, original."payload"
			FROM n CROSS JOIN oldest CROSS JOIN original ON original.nth = 1 + n.i % 500`,
			[organizationId, Math.min(missing, AT_ONCE)],
		);
}

function copying(table: SQLiteTable, anew: Anew): string {
	const name = getTableName(table);
	const columns = Object.entries(getTableColumns(table)).flatMap(([column, { generated }]) =>
		column === "seq" || generated ? [] : [column],
	);
	const values = columns.map((column) => anew[column] ?? `original."${column}"`);
	return `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(", ")}) SELECT ${values.join(", ")}
		FROM json_each(?2) AS copy CROSS JOIN "${name}" AS original
			ON original."organizationId" = ?1 AND original."id" = copy.value->>1`;
}

/** The tags, assignees and custom values of the copies. Materialized, so that SQLite builds an index for the join. */
const LINKS = `WITH original AS MATERIALIZED (SELECT * FROM "${getTableName(links)}" WHERE "organizationId" = ?1),
		copy AS MATERIALIZED (SELECT value->>0 AS id, value->>1 AS original FROM json_each(?2))
	INSERT INTO "${getTableName(links)}" ("organizationId", "field", "toId", "fromId")
	SELECT ?1, original."field", original."toId", copy.id
	FROM copy CROSS JOIN original ON original."fromId" = copy.original`;
