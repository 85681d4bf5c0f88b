// Writes the rows of a file into a database, for `npm run admin -- org import`.
import { organizations } from "../../src/db/schema/organizations.ts";
import { attempts } from "../../src/db/schema/webhooks.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { addPiece, type ExportLock, pieces } from "../../src/moving/export-lock.ts";
import { type Row, removal, upsertFrom, upserts } from "../../src/moving/rows.ts";
import { columnsOf, type Movable, movables } from "../../src/moving/tables.ts";
import { costOf, type Part } from "./organization-file.ts";
import type { Query } from "./query.ts";

/** A statement has at most 100,000 bytes, and through wrangler its values are in its text. */
export const MAX_PART_BYTES = 80_000;
/** Characters of a piece, of at most four bytes each. */
const PIECE_LENGTH = 20_000;

/** Where rows are written, and for whom. */
interface Destination {
	readonly query: Query;
	readonly lock: ExportLock;
	/** The deliveries in the file. */
	readonly deliveryIds: ReadonlySet<string>;
}

/** Writes a part of the file, or removes the rows that it says were removed. */
export async function writePart(
	{ query, lock, deliveryIds }: Destination,
	{ section, lines }: Part,
): Promise<void> {
	const { organizationId } = lock;
	const name = "removed" in section ? section.removed : section.table;
	const movable = movables.find((one) => one.name === name);
	if (!movable) throw new Error(`The file has a table ${name}, which this version does not know.`);
	// Attempts of a delivery that is not in the file were all removed while it was written: row-check.ts has seen to that.
	const isWanted = (deliveryId: unknown) => movable.table !== attempts || deliveryIds.has(String(deliveryId));
	if ("removed" in section) {
		const keys = lines.filter((line) => isWanted(JSON.parse(line)[0]));
		if (keys.length > 0) await query(removal(movable, organizationId, keys));
		return;
	}
	const all = lines.map((line) => rowOf(movable, organizationId, JSON.parse(line)));
	const rows = all.filter(({ deliveryId }) => isWanted(deliveryId));
	if (lines.length === 1 && costOf(lines[0] ?? "") > MAX_PART_BYTES)
		for (const row of rows) await writeLong(query, lock, movable, row);
	else for (const statement of upserts(movable, organizationId, rows)) await query(statement);
}

/** A row of these values. It becomes the organization's, whatever it says. */
export function rowOf(movable: Movable, organizationId: string, values: readonly unknown[]): Row {
	const row = Object.fromEntries(columnsOf(movable).map((column, index) => [column, values[index]]));
	if (movable.table === organizations) return { ...row, id: organizationId };
	return "organizationId" in row ? { ...row, organizationId } : row;
}

/** Writes a row that is too long for one statement: its texts are sent in pieces, and taken apart where the row is written. */
async function writeLong(query: Query, lock: ExportLock, movable: Movable, row: Row): Promise<void> {
	await query(addPiece(lock));
	let sent = 0;
	const values = new Map<string, SQL>();
	for (const [column, value] of Object.entries(row)) {
		if (typeof value !== "string") {
			values.set(column, sql`${value}`);
			continue;
		}
		// SQLite counts characters, JavaScript half of them twice.
		const characters = Array.from(value);
		for (let start = 0; start < characters.length; start += PIECE_LENGTH)
			await query(addPiece(lock, characters.slice(start, start + PIECE_LENGTH).join("")));
		values.set(column, sql.inline(sql`substr(long."text", ${sent + 1}, ${characters.length})`));
		sent += characters.length;
	}
	const value = (column: string) => values.get(column) ?? sql`NULL`;
	// One subquery, and no parameters for the places in it: a table may have more columns than a statement has parameters for.
	const source = sql`(SELECT ${pieces(lock)} AS "text") AS long`;
	await query(
		upsertFrom(movable, lock.organizationId, value, (list) => sql`SELECT ${list} FROM ${source} WHERE true`),
	);
}
