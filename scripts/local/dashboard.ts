// The dashboard's files, which the Worker serves from assets/dashboard.
import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { capture, root } from "../tools/tools.ts";

/** Builds the dashboard, unless it is newer than all it is made of. */
export async function buildDashboard(): Promise<void> {
	const built = join(root, "assets", "dashboard", "index.html");
	const sources = globSync(["dashboard/**/*.*", "package-lock.json"], { cwd: root });
	const changed = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));
	if (existsSync(built) && statSync(built).mtimeMs > changed) return;
	await capture("vite", ["build", "dashboard", "--logLevel", "warn"]);
}
