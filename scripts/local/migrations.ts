// Applies migrations as `wrangler d1 migrations apply` does and records them in the same table, but without a second
// process, for which the database would be locked.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import type { Database } from "./local.ts";

/** The names of the migrations in a folder, in their order. */
export const migrationsIn = (folder: string): string[] =>
	readdirSync(folder)
		.filter((name) => name.endsWith(".sql"))
		.sort();

/** Applies new migrations in the order of their file names, each file in a transaction of its own. */
export async function applyMigrations(db: Database, folder: string): Promise<void> {
	await db
		.prepare(
			`CREATE TABLE IF NOT EXISTS d1_migrations (
				id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
			)`,
		)
		.run();
	const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
	const applied = new Set(results.map(({ name }) => name));
	for (const name of migrationsIn(folder).filter((file) => !applied.has(file))) {
		// Wrangler's splitter knows that a semicolon inside a trigger doesn't end the statement.
		const statements = splitSql(readFileSync(join(folder, name), "utf8"));
		await db.batch([
			...statements.map((statement) => db.prepare(statement)),
			db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
		]);
	}
}
