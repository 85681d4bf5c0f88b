// `npm run deploy`: settings are checked, the assets built, every database brought up to date, and then, only if none failed, the
// Worker replaced. Running it again goes on where it stopped: wrangler applies what a database lacks. `--dry-run` says what it would do.
import { parseArgs } from "node:util";
import { SECRETS } from "../../src/settings.ts";
import { callWrangler } from "../admin/channel.ts";
import { buildDashboard, buildPages } from "../assets/build.ts";
import { readWorkerConfig } from "../local/config.ts";
import { requireSettings } from "../local/settings.ts";
import { plain, runTool } from "../tools/tools.ts";
import { isMade, migrate } from "./migrate.ts";

/** Throws an Error in plain words when something is wrong or fails. */
async function deploy(isDry: boolean): Promise<void> {
	const { vars, databases } = readWorkerConfig();
	const secrets = SECRETS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
	requireSettings({ ...vars, ...Object.fromEntries(secrets) }, true);
	if (isDry) {
		for (const database of databases) {
			const { binding, name, id } = database;
			console.log(`${binding}: migrations of ${name}, ${isMade(database) ? id : "which is yet to be made"}`);
		}
		console.log("then the Worker");
		return;
	}
	buildPages();
	await buildDashboard();
	await migrate(databases, callWrangler, console.log);
	if ((await runTool("wrangler", ["deploy"])) !== 0) throw new Error("The Worker was not replaced.");
}

try {
	const { values } = parseArgs({ options: { "dry-run": { type: "boolean" } } });
	await deploy(values["dry-run"] ?? false);
} catch (error) {
	console.error(plain(error));
	process.exitCode = 1;
}
