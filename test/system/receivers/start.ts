// Starting receivers: the plain ones on a port of this process, the Python one beside it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export interface Receiver {
	readonly url: string;
	/** Gives it a secret to verify with from now on. */
	setSecret(secret: string): Promise<void>;
	close(): Promise<void>;
}

/** Serves a receiver that asks `secret` for what it holds. */
export async function startNodeReceiver(
	make: (secret: () => string) => (...args: Parameters<RequestListener>) => unknown,
): Promise<Receiver> {
	let held = "";
	const server = createServer(make(() => held));
	const url = await listening(server);
	return {
		url,
		async setSecret(secret) {
			held = secret;
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}

/** Serves flask_app.py, by Flask itself where that is installed. */
export async function startPythonReceiver(): Promise<Receiver> {
	const probe = createServer();
	const { port } = new URL(await listening(probe));
	await once(probe.close(), "close");
	const installed = spawnSync("python3", ["-c", "import flask"]).status === 0;
	const child = spawn("python3", [join(import.meta.dirname, "flask_app.py")], {
		env: {
			...process.env,
			PORT: port,
			...(installed ? {} : { PYTHONPATH: join(import.meta.dirname, "standin") }),
		},
		stdio: ["pipe", "pipe", process.env.SHOW_RECEIVERS ? "inherit" : "ignore"],
	});
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	const url = `http://127.0.0.1:${port}`;
	const isUp = () =>
		fetch(url).then(
			() => true,
			() => false,
		);
	while (!(await isUp())) {
		if (child.exitCode !== null) throw new Error("flask_app.py ended before it listened.");
		await sleep(50);
	}
	return {
		url: `${url}/webhooks/calls`,
		async setSecret(secret) {
			child.stdin.write(`${secret}\n`);
			for (;;) {
				const { value, done } = await lines.next();
				if (done) throw new Error("flask_app.py ended.");
				if (value === "held") return;
			}
		},
		async close() {
			child.stdin.end();
			if (child.exitCode === null) await once(child, "exit");
		},
	};
}

async function listening(server: Server): Promise<string> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
