// A running n8n, and the REST API that its editor uses.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { toolEnvironment } from "../../scripts/tools/tools.ts";
import { portOf } from "../../test/system/support/started.ts";

const START_MS = 180_000;
const OWNER = {
	email: "owner@example.com",
	firstName: "Olga",
	lastName: "Owner",
	password: "Only-for-1-test",
};

export interface N8n {
	/** Where it receives webhooks. */
	readonly origin: string;
	/** Calls its REST API as the owner; returns `data` of the answer. */
	call<T = unknown>(method: string, path: string, body?: object): Promise<T>;
	stop(): Promise<void>;
}

/** Without the network, and without what an editor would ask for. */
const settings = {
	DB_TYPE: "sqlite",
	N8N_DIAGNOSTICS_ENABLED: "false",
	N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
	N8N_TEMPLATES_ENABLED: "false",
	N8N_PERSONALIZATION_ENABLED: "false",
	N8N_HIRING_BANNER_ENABLED: "false",
	N8N_SECURE_COOKIE: "false",
	N8N_LISTEN_ADDRESS: "127.0.0.1",
	N8N_LOG_LEVEL: "warn",
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: "all",
};

/** Starts n8n on a free port with its data in `userFolder`, and sets up its owner. */
export async function startN8n(command: string, userFolder: string): Promise<N8n> {
	const [port, brokerPort] = [await freePort(), await freePort()];
	const origin = `http://localhost:${port}`;
	const child = spawn("node", [command, "start"], {
		cwd: userFolder,
		env: {
			...toolEnvironment(),
			...settings,
			HOME: userFolder,
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			WEBHOOK_URL: `${origin}/`,
		},
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", (chunk: string) => {
			output += chunk;
		});
	const stop = async () => {
		if (child.exitCode !== null) return;
		child.kill("SIGTERM");
		await once(child, "exit");
	};
	const send = (method: string, path: string, cookie: string, body?: object) =>
		fetch(`${origin}/rest${path}`, {
			method,
			headers: { cookie, ...(body ? { "content-type": "application/json" } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
	try {
		const until = Date.now() + START_MS;
		while (!(await isReady(origin))) {
			assert(child.exitCode === null && Date.now() < until, `n8n does not start:\n${output}`);
			await sleep(500);
		}
		const owner = await send("POST", "/owner/setup", "", OWNER);
		assert(owner.ok, `${owner.status} ${await owner.clone().text()}\n${output}`);
		const cookie = owner.headers
			.getSetCookie()
			.map((one) => one.split(";")[0])
			.join("; ");
		const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
			const answer = await send(method, path, cookie, body);
			assert(
				answer.ok,
				`${method} ${path}: ${answer.status} ${await answer.clone().text()}\n${output.slice(-3_000)}`,
			);
			return ((await answer.json()) as { data: T }).data;
		};
		return { origin, call, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

const isReady = (origin: string): Promise<boolean> =>
	fetch(`${origin}/healthz/readiness`).then(
		({ ok }) => ok,
		() => false,
	);

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const port = portOf(probe);
	await once(probe.close(), "close");
	return port;
}
