// Checks that the migrations make exactly the tables that src/db/schema says, and that none of them drops one.
import { cpSync, globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { capture, root } from "./tools.ts";

const copy = join("dist", "migrations");

function list(folder: string): string[] {
	return globSync("*.sql", { cwd: join(root, folder) });
}

// drizzle-kit rebuilds a table by copying and dropping it, which on D1 takes rows of other tables along.
const dropping = list("migrations").filter((name) => {
	const sql = readFileSync(join(root, "migrations", name), "utf8").replaceAll(/--.*$/gm, "");
	return /\bdrop\s+table\b/i.test(sql);
});
if (dropping.length > 0)
	throw new Error(`A migration must not drop a table, but ${dropping.join(", ")} does.`);

rmSync(join(root, copy), { recursive: true, force: true });
cpSync(join(root, "migrations"), join(root, copy), { recursive: true });
await capture("drizzle-kit", [
	"generate",
	"--dialect=sqlite",
	"--schema=./src/db/schema/*.ts",
	`--out=${copy}`,
]);
const missing = list(copy).filter((name) => !list("migrations").includes(name));
if (missing.length > 0) {
	const sql = missing.map((name) => readFileSync(join(root, copy, name), "utf8")).join("\n");
	throw new Error(`The schema is ahead of the migrations; npx drizzle-kit generate would write:\n${sql}`);
}
console.log("The migrations make the schema.");
