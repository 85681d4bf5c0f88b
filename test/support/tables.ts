import { env } from "cloudflare:workers";

/** Gives an empty database the tables, indexes and triggers of all migrations; one that has them stays as it is. */
export async function createTables(db: D1Database): Promise<void> {
	const applied = await db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'").first();
	if (!applied) await db.batch(env.SCHEMA.map((text) => db.prepare(text)));
}
