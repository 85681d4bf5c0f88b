// Strapi on this machine: installed fresh into a folder of its own, with SQLite and one content type that has the fields of our
// leads. It runs as a new project does in production, without the admin panel, drafts and accounts of users.
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { toolCommand, toolEnvironment } from "../scripts/tools/tools.ts";
import { API, type Organization, organizationOf, type Target } from "./target.ts";

export const STRAPI_VERSION = "5.54.0";

/** Strapi's own choice, better-sqlite3 12.8.0, ends Node 24.21 at a collection of garbage; 13 brings a build for each system. */
const dependencies = {
	"@strapi/strapi": STRAPI_VERSION,
	"better-sqlite3": "13.2.0",
	react: "18.3.1",
	"react-dom": "18.3.1",
	"react-router-dom": "6.30.3",
	"styled-components": "6.1.19",
};
const NEEDS = `Strapi ${STRAPI_VERSION} could not be used. It needs a package registry within reach, 1 GB in ${tmpdir()},
the Node of this repository, and a system for which better-sqlite3 brings a build.`;

const secret = "only-for-this-bench-0123456789ab";
const uid = "api::lead.lead";
const module = (value: object) => `module.exports = ${JSON.stringify(value)};\n`;
const factory = (name: string) => `module.exports = require("@strapi/strapi").factories.${name}("${uid}");\n`;
const middlewares = [
	"logger",
	"errors",
	"security",
	"cors",
	"poweredBy",
	"query",
	"body",
	"session",
	"favicon",
	"public",
];
const files: Readonly<Record<string, string>> = {
	"package.json": JSON.stringify({ private: true, name: "peer", version: "0.0.0", dependencies }),
	"config/server.js": module({ host: "127.0.0.1", port: 0, app: { keys: [secret] } }),
	"config/admin.js": module({
		auth: { secret },
		apiToken: { salt: secret },
		transfer: { token: { salt: secret } },
		secrets: { encryptionKey: secret },
	}),
	"config/api.js": module({ rest: { prefix: API, defaultLimit: 25, maxLimit: 100, withCount: true } }),
	"config/middlewares.js": module(middlewares.map((name) => `strapi::${name}`)),
	"config/database.js": module({
		connection: { client: "sqlite", connection: { filename: "data.db" }, useNullAsDefault: true },
	}),
	"src/api/lead/content-types/lead/schema.json": JSON.stringify({
		kind: "collectionType",
		collectionName: "leads",
		info: { singularName: "lead", pluralName: "leads", displayName: "Lead" },
		options: { draftAndPublish: false },
		attributes: {
			name: { type: "string", required: true },
			email: { type: "email" },
			company: { type: "string" },
			score: { type: "integer" },
		},
	}),
	"src/api/lead/controllers/lead.js": factory("createCoreController"),
	"src/api/lead/routes/lead.js": factory("createCoreRouter"),
	"src/api/lead/services/lead.js": factory("createCoreService"),
	"src/index.js": module({}),
	"public/uploads/.gitkeep": "",
	"start.js": `
		const strapi = require("@strapi/strapi").createStrapi({
			appDir: __dirname, distDir: __dirname, autoReload: false, serveAdminPanel: false,
		});
		process.once("disconnect", () => process.exit());
		process.on("message", async (url) => {
			const webhook = { name: "bench", url, events: ["entry.create"], headers: {}, isEnabled: true };
			strapi.get("webhookRunner").add(await strapi.get("webhookStore").createWebhook(webhook));
			process.send({});
		});
		strapi.start().then(async () => {
			const token = { name: "bench", description: "", type: "full-access", lifespan: null };
			const { accessKey } = await strapi.service("admin::api-token").create(token);
			process.send({ port: strapi.server.httpServer.address().port, accessKey });
		});`,
};

/** A running Strapi. */
export interface Strapi extends Pick<Target, "url" | "pid" | "stop"> {
	/** Calls its content API with the bodies of ours. */
	readonly organization: Organization;
	/** Sends each created entry to `url` from now on. */
	subscribe(url: string): Promise<void>;
}

/** Installs Strapi (a minute, 700 MB) and starts it; its folder is deleted when it stops. */
export async function startStrapi(): Promise<Strapi> {
	const folder = mkdtempSync(join(tmpdir(), "strapi-"));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	process.once("exit", remove);
	// An interrupted process has no exit event by itself, and would leave the folder.
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
	const [npm, ...args] = toolCommand("npm", ["install", ...options]);
	const env = { ...toolEnvironment(), NODE_ENV: "production", STRAPI_TELEMETRY_DISABLED: "true" };
	try {
		execFileSync(npm, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
	} catch (cause) {
		throw new Error(NEEDS, { cause });
	}
	const child = fork(join(folder, "start.js"), {
		cwd: folder,
		env,
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
	const ended = once(child, "exit").then(() => Promise.reject(new Error(NEEDS)));
	// Once it runs, its end is not a failure.
	ended.catch(() => {});
	const next = async () => (await Promise.race([once(child, "message"), ended]))[0];
	const { port, accessKey } = await next();
	const url = `http://127.0.0.1:${port}`;
	const api = organizationOf(url, [`Bearer ${accessKey}`], "authorization");
	return {
		url,
		pid: child.pid ?? 0,
		organization: {
			...api,
			async call<T>(method: string, path: string, body?: object) {
				const answer = await api.call<{ data: { documentId: string } }>(method, path, body && { data: body });
				const { data } = answer.body;
				return { ...answer, body: { ...data, id: data.documentId } as T };
			},
		},
		async subscribe(webhook) {
			child.send(webhook);
			await next();
		},
		async stop() {
			child.kill();
			await ended.catch(() => {});
		},
	};
}
