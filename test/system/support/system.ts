// The whole system as `npm start` runs it: workerd with its queue, its database and its Durable Objects.
import { setTimeout as sleep } from "node:timers/promises";
import { operator } from "../../../scripts/admin/operator.ts";
import { executeOn } from "../../../scripts/admin/query.ts";
import { type Local, startLocal } from "../../../scripts/local/local.ts";
import { newKeyringSecret } from "../../../src/keyring.ts";

/** A JSON answer, read field by field. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test asks of it.
export type Json = any;

const PATIENCE_MS = 30_000;
const KEYS = 4;

export interface System {
	readonly local: Local;
	/** The server and `/api/v1`. */
	readonly base: string;
	readonly organizationId: string;
	readonly key: string;
	/** Makes one call and checks the status. */
	call(method: string, path: string, wanted: number, body?: object): Promise<Json>;
	close(): Promise<void>;
}

/** Starts it with an organization and a key. One attempt per delivery, unless `vars` say otherwise. */
export async function startSystem(
	options: { readonly envelope?: boolean; readonly vars?: Record<string, string> } = {},
): Promise<System> {
	const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
	const vars = { ALLOW_INSECURE_TARGETS: "true", WEBHOOK_RETRY_DELAYS: "0", ...options.vars };
	const local = await startLocal({ secrets, vars });
	const operate = operator(executeOn(local.db));
	const { id: organizationId } = await operate.createOrganization("Proofs");
	// Several, so that no test waits for the limit of one.
	const keys: string[] = [];
	while (keys.length < KEYS) {
		const made = await operate.createKey({
			organizationId,
			name: "system",
			mode: "test",
			scopes: ["*"],
			envelope: options.envelope ?? false,
			pepper: secrets.KEY_PEPPER,
		});
		keys.push(made?.key ?? "");
	}
	const [key = ""] = keys;
	let turn = 0;
	const base = `http://127.0.0.1:${local.url.port}/api/v1`;
	return {
		local,
		base,
		organizationId,
		key,
		async call(method, path, wanted, body) {
			const response = await fetch(base + path, {
				method,
				headers: {
					"x-api-key": keys[turn++ % KEYS] ?? key,
					...(body ? { "content-type": "application/json" } : {}),
				},
				...(body ? { body: JSON.stringify(body) } : {}),
			});
			const text = await response.text();
			if (response.status !== wanted) throw new Error(`${method} ${path}: ${response.status} ${text}`);
			return text === "" ? null : JSON.parse(text);
		},
		close: () => local.dispose(),
	};
}

/** Waits for a webhook's newest delivery; returns the status and body of the receiver's answer. */
export async function outcomeOf(
	{ local }: System,
	webhookId: string,
): Promise<{ statusCode: number; body: string }> {
	for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(25)) {
		const row = await local.db
			.prepare(
				`SELECT delivery.status, attempt.statusCode, attempt.responseBody AS body FROM deliveries AS delivery
				LEFT JOIN attempts AS attempt ON attempt.deliveryId = delivery.id AND attempt.number = delivery.lastAttempt
				WHERE delivery.webhookId = ? ORDER BY delivery.id DESC LIMIT 1`,
			)
			.bind(webhookId)
			.first<{ status: string; statusCode: number; body: string }>();
		if (row && row.status !== "pending") return { statusCode: row.statusCode, body: row.body };
	}
	throw new Error(`No delivery of ${webhookId} came to an end.`);
}
