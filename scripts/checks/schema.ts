// Checks that the migrations make exactly the tables of src/db/schema, and two rules that drizzle-kit doesn't know.
import { cpSync, globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captureTool, repositoryRoot } from "../tools/tools.ts";

const copy = join("dist", "migrations");

function list(folder: string): string[] {
	return globSync("*.sql", { cwd: join(repositoryRoot, folder) });
}

const migrations = list("migrations").map((name) => ({
	name,
	sql: readFileSync(join(repositoryRoot, "migrations", name), "utf8").replaceAll(/--.*$/gm, ""),
}));

// drizzle-kit rebuilds a table by copying and dropping it, which on D1 deletes rows of other tables.
for (const { name, sql } of migrations)
	if (/\bdrop\s+table\b/i.test(sql)) throw new Error(`A migration must not drop a table, but ${name} does.`);

// drizzle-kit doesn't know WITHOUT ROWID. Such a table is stored in the tree of its primary key: an insert writes one row, not two.
for (const { name, sql } of migrations)
	for (const [table] of sql.matchAll(/CREATE TABLE[^;]*PRIMARY KEY\([^;]*;/g))
		if (!/\) WITHOUT ROWID;$/.test(table))
			throw new Error(`${name} must end with ") WITHOUT ROWID;": ${table.slice(0, table.indexOf("("))}`);

rmSync(join(repositoryRoot, copy), { recursive: true, force: true });
cpSync(join(repositoryRoot, "migrations"), join(repositoryRoot, copy), { recursive: true });
await captureTool("drizzle-kit", [
	"generate",
	"--dialect=sqlite",
	"--schema=./src/db/schema/*.ts",
	`--out=${copy}`,
]);
const missing = list(copy).filter((name) => !list("migrations").includes(name));
if (missing.length > 0) {
	const sql = missing.map((name) => readFileSync(join(repositoryRoot, copy, name), "utf8")).join("\n");
	throw new Error(`The schema is ahead of the migrations; npx drizzle-kit generate would write:\n${sql}`);
}
console.log("The migrations make the schema.");
