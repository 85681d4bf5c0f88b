// `npm run admin`: organizations and their first keys, which the API can't create.
import { parseArgs } from "node:util";
import { plain, stateDir } from "../tools/tools.ts";
import { localChannel, wranglerChannel } from "./channel.ts";
import { commands, type Flags, options, UsageError } from "./commands.ts";

const USAGE = `Usage: npm run admin -- COMMAND

  org create --name NAME [--timezone ZONE] [--currency CODE]
  org list
  org topics --org ID (--allow EVENT,EVENT… | --all)
  org limits --org ID [--records N] [--bytes N] [--webhooks N] [--api-keys N] [--custom-fields N] [--record-bytes N]
             [--idempotency-bytes N] [--log-bytes N]
  org usage --org ID
  key create --org ID --name NAME [--scopes SCOPE,SCOPE…] [--envelope]
  key list --org ID
  key revoke --id ID

  N          a whole number, or default; --records is for each resource by itself

  --remote   on the deployed database, with KEY_PEPPER in the environment; else on the local one (STATE_DIR)
  --json     print JSON; with npm run -s, nothing else`;

try {
	await main();
} catch (error) {
	console.error(plain(error));
	if (error instanceof UsageError) console.error(`\n${USAGE}`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main(): Promise<void> {
	const { values: flags, positionals } = parse();
	if (flags.help) {
		console.log(USAGE);
		return;
	}
	const name = positionals.join(" ");
	const command = commands[name];
	if (!command) throw new UsageError(name ? `There is no command ${name}.` : "Which command?");
	for (const flag of Object.keys(flags) as (keyof Flags)[]) {
		const known = flag === "remote" || flag === "json" || command.takes.includes(flag);
		if (!known) throw new UsageError(`${name} takes no --${flag}.`);
	}
	const run = command.prepare(flags);
	const channel = flags.remote ? wranglerChannel() : await localChannel(stateDir());
	try {
		const result = await run(channel);
		console.log(flags.json ? JSON.stringify(result, null, 2) : readable(result));
	} finally {
		await channel.close();
	}
}

function parse() {
	try {
		return parseArgs({ options, allowPositionals: true });
	} catch (error) {
		throw new UsageError(plain(error));
	}
}

/** One line per field, an empty line between rows. */
function readable(result: object): string {
	const rows: object[] = Array.isArray(result) ? result : [result];
	const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
	const texts = rows.map((row) =>
		Object.entries(row)
			.map(([name, value]) => `${name}: ${shown(value)}`)
			.join("\n"),
	);
	return texts.join("\n\n") || "None.";
}
