// `npm start` and `npm run admin`, as processes of their own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot, toolEnvironment } from "../../../scripts/tools/tools.ts";

export interface Started {
	/** The server and `/api/v1`. */
	readonly base: string;
	/** The key it printed. */
	readonly key: string;
	/** Its output so far. */
	printed(): string;
	/** Stops it if it is still running. */
	stop(): Promise<void>;
}

/** Starts the server on a free port with its data in `stateDir`, and waits until it is ready. */
export async function startServer(stateDir: string, environment: NodeJS.ProcessEnv): Promise<Started> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const port = portOf(probe);
	await once(probe.close(), "close");
	const child = spawn("node", ["scripts/local/start.ts"], {
		cwd: repositoryRoot,
		env: { ...toolEnvironment(), STATE_DIR: stateDir, PORT: String(port), ...environment },
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (chunk: string) => {
			output += chunk;
		});
	}
	while (!/^API key: \w+$/m.test(output) || !/^Try: .*\n/m.test(output)) {
		assert.equal(child.exitCode, null, output);
		await sleep(50);
	}
	return {
		base: `http://localhost:${port}/api/v1`,
		key: /^API key: (\w+)$/m.exec(output)?.[1] ?? "",
		printed: () => output,
		async stop() {
			if (child.exitCode !== null) return;
			child.kill("SIGTERM");
			await once(child, "exit");
		},
	};
}

/** Runs one `npm run admin` command. */
export async function runAdmin(stateDir: string, environment: NodeJS.ProcessEnv, ...args: string[]) {
	const env = { ...toolEnvironment(), STATE_DIR: stateDir, ...environment };
	const child = spawn("node", ["scripts/admin/admin.ts", ...args, "--json"], { cwd: repositoryRoot, env });
	const [output, errors, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "exit"),
	]);
	return { code: Number(code), output, errors };
}

/** The port that a server listens on. */
export function portOf(server: Server): number {
	const address = server.address();
	return typeof address === "object" && address ? address.port : 0;
}
