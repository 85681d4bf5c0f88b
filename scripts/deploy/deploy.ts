// `npm run deploy`: checks the settings, builds the assets, migrates every database, and then, only if none failed, deploys the
// Worker. If it is run again, it continues where it stopped: wrangler applies the missing migrations. `--dry-run` lists the
// migrations of each database.
import { parseArgs } from "node:util";
import { SECRETS } from "../../src/settings.ts";
import { callWrangler } from "../admin/channel.ts";
import { buildDashboard, buildPages } from "../assets/build.ts";
import { readWorkerConfig } from "../local/config.ts";
import { requireSettings } from "../local/settings.ts";
import { plain, runTool } from "../tools/tools.ts";
import { migrate } from "./migrate.ts";
import { migrationPlan } from "./plan.ts";
import { requireConsumers } from "./queues.ts";

/** Throws an Error in plain words when something is wrong or fails. */
async function deploy(isDry: boolean): Promise<void> {
	const { vars, databases, migrationsDir, unreadQueues } = readWorkerConfig();
	const secrets = SECRETS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
	requireSettings({ ...vars, ...Object.fromEntries(secrets) }, true);
	requireConsumers(unreadQueues);
	if (isDry) {
		for (const line of await migrationPlan(databases, migrationsDir, callWrangler)) console.log(line);
		console.log("Then the Worker would be replaced.");
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
