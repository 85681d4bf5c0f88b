// What all migrations together make of an empty database, in statements that D1 takes in one batch. A test file has a database
// of its own, and hundreds of statements in turn, three of four of them to alter tables, took longer than many a file's tests.
import { DatabaseSync } from "node:sqlite";
import type { D1Migration } from "@cloudflare/vitest-pool-workers";

/** @returns the statements that make the tables, indexes and triggers, with the rows that migrations insert */
export function schemaAfter(migrations: readonly D1Migration[]): string[] {
	const db = new DatabaseSync(":memory:");
	db.exec(`CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`);
	for (const { name, queries } of migrations) {
		for (const query of queries) db.exec(query);
		db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").run(name);
	}
	// A virtual table makes its shadow tables itself.
	const entities = db
		.prepare(
			`SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_'
			AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type = 'trigger', rowid`,
		)
		.all();
	const tables = entities.filter(({ type }) => type === "table").map(({ name }) => String(name));
	// Triggers come last, so that rows are as the migrations left them.
	const [objects, triggers] = [
		entities.filter(({ type }) => type !== "trigger"),
		entities.filter(({ type }) => type === "trigger"),
	];
	const sql = (some: typeof entities) => some.map((entity) => String(entity.sql));
	return [...sql(objects), ...tables.flatMap((table) => insertsOf(db, table)), ...sql(triggers)];
}

function insertsOf(db: DatabaseSync, table: string): string[] {
	const columns = db
		.prepare(`SELECT name FROM pragma_table_info(?)`)
		.all(table)
		.map(({ name }) => `"${name}"`);
	const values = columns.map((column) => `quote(${column})`).join(` || ', ' || `);
	return db
		.prepare(
			`SELECT 'INSERT INTO "${table}" (${columns.join(", ")}) VALUES (' || ${values} || ')' AS statement FROM "${table}"`,
		)
		.all()
		.map(({ statement }) => String(statement));
}
