// `npm run admin`: organizations and their first keys, which no API can make, and the databases that they are in.
import { parseArgs } from "node:util";
import { shardCount, stateDir } from "../tools/environment.ts";
import { plain } from "../tools/tools.ts";
import { type Channel, localChannel, wranglerChannel } from "./channel.ts";
import { commands } from "./commands.ts";
import { type Flags, options, UsageError } from "./flags.ts";

const USAGE = `Usage: npm run admin -- COMMAND

  org create --name NAME [--timezone ZONE] [--currency CODE] [--shard N]
  org list
  org move --id ID --to N
  org remove --id ID (--name NAME | --yes)
  org topics --org ID (--allow EVENT,EVENT… | --all)
  org limits --org ID [--records N] [--bytes N] [--webhooks N] [--api-keys N] [--custom-fields N] [--record-bytes N]
             [--idempotency-bytes N] [--log-bytes N]
  org usage --org ID
  org export --id ID > FILE
  org import [--shard N] [--replace] < FILE
  key create --org ID --name NAME [--scopes SCOPE,SCOPE…] [--envelope] [--reads primary|nearest]
  key list --org ID
  key revoke --id ID

  secrets usage
  secrets reseal
  shard list
  shard add (--location PLACE | --jurisdiction PLACE)

  N          a whole number, or default; --records is for each resource by itself

  --remote   on the deployed databases, with KEY_PEPPER in the environment for a key, ENCRYPTION_KEY for an import; else on the local ones (STATE_DIR, SHARDS)
  --json     print JSON; with npm run -s, nothing else`;

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
		const known = flag === "json" || (flag === "remote" && !command.onFiles) || command.flags.includes(flag);
		if (!known) throw new UsageError(`${name} takes no --${flag}.`);
	}
	const run = command.check(flags);
	const channel = command.onFiles ? noChannel : await channelFor(name, flags);
	try {
		const result = await run(channel);
		if (result) console.log(flags.json ? JSON.stringify(result, null, 2) : readable(result));
	} finally {
		await channel.close();
	}
}

/** For what opens no database. */
const noChannel: Channel = {
	shards: [],
	on: () => async () => [],
	bytesOf: async () => 0,
	endKey: async () => false,
	settle: async () => undefined,
	close: async () => undefined,
};

async function channelFor(command: string, { remote }: Flags): Promise<Channel> {
	if (!remote) return localChannel(stateDir(), shardCount(), `npm run admin -- ${command}`);
	const { readWorkerConfig } = await import("../local/config.ts");
	return wranglerChannel(readWorkerConfig().names);
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
	const shown = (value: unknown) => {
		if (typeof value === "string") return value;
		const isLines = Array.isArray(value) && value.some((one) => /\s/.test(String(one)));
		return isLines ? value.map((one) => `\n  ${one}`).join("") : JSON.stringify(value);
	};
	const texts = rows.map((row) =>
		Object.entries(row)
			.map(([name, value]) => `${name}: ${shown(value)}`)
			.join("\n"),
	);
	return texts.join("\n\n") || "None.";
}

// Last, when all that it uses is there.
try {
	await main();
} catch (error) {
	// Last, what is wrong: the usage is longer than some screens.
	if (error instanceof UsageError) console.error(`${USAGE}\n`);
	console.error(plain(error));
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
