// A socket in the state directory through which `npm run admin` asks a running `npm start` to run its statements: two processes
// can't share the SQLite files (state-lock.ts).
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { json, text } from "node:stream/consumers";
import type { Execute } from "../admin/query.ts";
import { plain } from "../tools/tools.ts";

/** The longest socket path that all systems accept. */
const MAX_PATH_LENGTH = 100;

interface Statement {
	readonly shard: number;
	readonly sql: string;
	readonly values: readonly unknown[];
}

type Call =
	| Statement
	| { readonly endKey: string }
	| { readonly ask: "shards" }
	| { readonly bytesOf: number };
type Answer = { readonly rows: unknown[][] } | { readonly error: string };

/** The functions of a running server that the admin command uses. */
export interface ServerControl {
	/** The shards it has. */
	readonly shards: readonly number[];
	/** Runs statements in the database of one. */
	on(shard: number): Execute;
	/** How large the database of one is (bytes). */
	bytesOf(shard: number): Promise<number>;
	/** Makes the key's limiter refuse it from now on, even if an isolate remembers the key. */
	endKey(id: string): Promise<void>;
}

/** The path of a state directory's socket; on Windows a named pipe, which is in no folder. */
export function socketPathOf(stateDir: string, platform: NodeJS.Platform = process.platform): string {
	const path = resolve(stateDir, "control.sock");
	const name = `leadwire-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;
	if (platform === "win32") return `\\\\.\\pipe\\${name}`;
	const short = [relative(process.cwd(), path), path].find(({ length }) => length <= MAX_PATH_LENGTH);
	return short ?? join(tmpdir(), `${name}.sock`);
}

/** Accepts calls of the admin command until the process ends. */
export async function serveControl(
	stateDir: string,
	{ shards, on, bytesOf, endKey }: ServerControl,
): Promise<void> {
	const path = socketPathOf(stateDir);
	// A killed server leaves its socket behind; that none is running was checked before. Windows removes pipes itself.
	const forget = () => process.platform === "win32" || rmSync(path, { force: true });
	forget();
	const answer = async (call: Call): Promise<Answer> => {
		if ("sql" in call) return { rows: await on(call.shard)(call.sql, call.values) };
		if ("ask" in call) return { rows: [[...shards]] };
		if ("bytesOf" in call) return { rows: [[await bytesOf(call.bytesOf)]] };
		await endKey(call.endKey);
		return { rows: [] };
	};
	const server = createServer((incoming, outgoing) => {
		json(incoming)
			.then((call) => answer(call as Call))
			.catch((error: unknown): Answer => ({ error: plain(error) }))
			.then((reply) => outgoing.end(JSON.stringify(reply)));
	});
	await new Promise<void>((listening, failed) => {
		server.once("error", failed);
		server.listen(path, listening);
	});
	server.unref();
	process.once("exit", forget);
}

/**
 * Finds the server that uses this state directory, or null.
 * Throws an Error in plain words if a server is running but can't reach its database.
 */
export async function findServer(stateDir: string): Promise<ServerControl | null> {
	const socketPath = socketPathOf(stateDir);
	const call = async (message: Call): Promise<unknown[][]> => {
		const reply = JSON.parse(await post(socketPath, JSON.stringify(message))) as Answer;
		if ("error" in reply) throw new Error(reply.error);
		return reply.rows;
	};
	const callFound = (message: Call) =>
		call(message).catch((error: unknown) => {
			if (!isGone(error)) throw error;
			throw new Error(`The npm start that works on ${stateDir} has ended meanwhile. Run the command again.`);
		});
	try {
		const [shards = []] = await call({ ask: "shards" });
		await call({ shard: 0, sql: "SELECT 1", values: [] });
		return {
			shards: shards.map(Number),
			on: (shard) => (sql, values) => callFound({ shard, sql, values }),
			bytesOf: async (shard) => Number((await callFound({ bytesOf: shard }))[0]?.[0]),
			endKey: async (endKey) => void (await callFound({ endKey })),
		};
	} catch (error) {
		if (isGone(error)) return null;
		throw new Error(
			`The npm start that works on ${stateDir} doesn't get to its database (${plain(error)}). Stop it, and start it again.`,
		);
	}
}

/** Whether an error says that there is no socket, that nobody listens on it any more, or that the server has just ended. */
const isGone = (error: unknown): boolean =>
	error instanceof Error &&
	"code" in error &&
	/^(?:ENOENT|ECONNREFUSED|ECONNRESET)$/.test(String(error.code));

function post(socketPath: string, body: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const outgoing = request({ socketPath, method: "POST" }, (answer) => text(answer).then(resolve, reject));
		outgoing.once("error", reject);
		outgoing.end(body);
	});
}
