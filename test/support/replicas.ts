// D1 with read replicas, as far as a Worker can tell: a primary, and copies of it that stay behind until they are told to catch
// up. Local D1 has one copy and ignores the bookmarks that it is given, so a test of reads from replicas can't fail on it.
import { env } from "cloudflare:workers";
import { withMembers } from "../../scripts/platform/d1.ts";
import { createTables } from "./tables.ts";
import { WRITES } from "./writes.ts";

/** Tables and their columns, without full-text tables, which triggers fill, and generated columns. */
const COLUMNS = `SELECT entity."name" AS "table", json_group_array(info."name") AS "columns"
	FROM "sqlite_schema" AS entity, pragma_table_info(entity."name") AS info
	WHERE entity."type" = 'table' AND entity."sql" NOT LIKE 'CREATE VIRTUAL%' AND instr(entity."name", '_search_') = 0
		AND substr(entity."name", 1, 7) <> 'sqlite_' AND substr(entity."name", 1, 4) <> '_cf_' AND entity."name" <> 'd1_migrations'
	-- Triggers of other tables write into the counters.
	GROUP BY entity."name" ORDER BY entity."name" = 'counters'`;

interface Table {
	readonly name: string;
	readonly columns: readonly string[];
}

/** One batch: who answered it. */
export interface Served {
	readonly by: "primary" | number;
	/** What the session began with; null without a session. */
	readonly start: string | null;
	readonly writes: boolean;
	/** Whether the copy had to catch up first. */
	readonly waited: boolean;
}

interface Copy {
	readonly db: D1Database;
	/** The number of the primary's commits that it has. */
	version: number;
}

interface Sent {
	readonly text: string;
	readonly values: readonly unknown[];
}

/** The form of D1's bookmarks: they sort like the versions. */
export const bookmarkOf = (version: number) => `${version.toString(16).padStart(8, "0")}-00000000-0000cafe`;
const versionOf = (bookmark: string) => Number.parseInt(bookmark, 16);

export class Replicas {
	readonly served: Served[] = [];
	/** The copy that answers the next batch that any may answer; null for the primary. */
	route: () => number | null = () => 0;
	/** The error of every batch that a copy answers, if it is to fail. */
	copyError: string | null = null;
	/** The primary with its copies. */
	readonly db: D1Database;
	readonly #copies: Copy[];
	readonly #sent = new WeakMap<D1PreparedStatement, Sent>();
	#tables: readonly Table[] = [];
	/** Ends when the last batch does, or the last copy has caught up. */
	#last: Promise<unknown> = Promise.resolve();

	/** @param version the commits of the primary so far */
	private constructor(
		private readonly primary: D1Database,
		copies: readonly D1Database[],
		private version: number,
	) {
		this.#copies = copies.map((db) => ({ db, version }));
		const prepare = (text: string) => ({
			bind: (...values: unknown[]) => {
				const statement = primary.prepare(text).bind(...values);
				this.#sent.set(statement, { text, values });
				return statement;
			},
		});
		this.db = withMembers(primary, {
			prepare,
			batch: async (statements: D1PreparedStatement[]) => (await this.#ask(statements, null)).results,
			withSession: (start = "first-unconstrained") => ({ prepare, ...this.#session(start) }),
		});
	}

	/** A primary with copies that have what it has now; at most two copies in one test file. */
	static async of(primary: D1Database, copies = [env.COPY_1, env.COPY_2], version = 100): Promise<Replicas> {
		for (const copy of copies) await createTables(copy);
		const replicas = new Replicas(primary, copies, version);
		await replicas.catchUpAll();
		return replicas;
	}

	/** The primary's bookmark. */
	get bookmark(): string {
		return bookmarkOf(this.version);
	}

	/** Gives a copy all rows anew: statements can't be repeated, because some contain `randomblob()`. */
	async catchUp(index: number): Promise<void> {
		await this.#inTurn(() => this.#renew(index));
	}

	async catchUpAll(): Promise<void> {
		for (const index of this.#copies.keys()) await this.catchUp(index);
	}

	/** One at a time, as D1 does: otherwise an answer could be newer than the version that it is given. */
	async #inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#last.then(work);
		this.#last = done.catch(() => {});
		return await done;
	}

	async #renew(index: number): Promise<void> {
		const copy = this.#copy(index);
		const { version } = this;
		if (this.#tables.length === 0) {
			const { results } = await this.primary.prepare(COLUMNS).all<{ table: string; columns: string }>();
			this.#tables = results.map(({ table, columns }) => ({ name: table, columns: JSON.parse(columns) }));
		}
		const found = await this.primary.batch(
			this.#tables.map(({ name }) => this.primary.prepare(`SELECT * FROM "${name}"`)),
		);
		await copy.db.batch([
			copy.db.prepare("PRAGMA defer_foreign_keys = on"),
			...this.#tables.flatMap((table, place) => copyStatements(copy.db, table, found[place]?.results ?? [])),
		]);
		copy.version = version;
	}

	#copy(index: number): Copy {
		const copy = this.#copies[index];
		if (!copy) throw new Error(`There is no copy ${index}.`);
		return copy;
	}

	#session(start: string) {
		let constraint = start;
		let bookmark: string | null = null;
		return {
			getBookmark: () => bookmark,
			batch: async (statements: D1PreparedStatement[]) => {
				const { results, version } = await this.#ask(statements, constraint);
				const reached = bookmarkOf(version);
				bookmark = bookmark !== null && bookmark > reached ? bookmark : reached;
				constraint = bookmark;
				return results;
			},
		};
	}

	/** Answers a batch, with the version that it saw. */
	async #ask(statements: D1PreparedStatement[], start: string | null) {
		const sent = statements.map((one) => this.#sent.get(one) ?? { text: "?", values: [] });
		const writes = sent.some(({ text }) => WRITES.test(text));
		const by = writes || start === null || start === "first-primary" ? null : this.route();
		return await this.#inTurn(async () => {
			if (by === null) {
				const results = await this.primary.batch(statements);
				if (writes) this.version += 1;
				this.served.push({ by: "primary", start, writes, waited: false });
				return { results, version: this.version };
			}
			if (this.copyError !== null) throw new Error(this.copyError);
			const copy = this.#copy(by);
			const waited = start !== null && start !== "first-unconstrained" && copy.version < versionOf(start);
			if (waited) await this.#renew(by);
			const results = await copy.db.batch(
				sent.map(({ text, values }) => copy.db.prepare(text).bind(...values)),
			);
			this.served.push({ by, start, writes, waited });
			return { results, version: copy.version };
		});
	}
}

function copyStatements(db: D1Database, { name, columns }: Table, rows: readonly unknown[]) {
	const clear = db.prepare(`DELETE FROM "${name}"`);
	if (rows.length === 0) return [clear];
	const names = columns.map((column) => `"${column}"`).join();
	const values = columns.map((column) => `value->>'${column}'`).join();
	return [
		clear,
		db
			.prepare(`INSERT INTO "${name}" (${names}) SELECT ${values} FROM json_each(?)`)
			.bind(JSON.stringify(rows)),
	];
}
