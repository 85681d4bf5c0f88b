// Creates an organization and keys for a test, as an operator would.
import { env } from "cloudflare:workers";
import { hashKey, keyPrefix, newKey } from "../../src/gate/api-key.ts";
import { newId } from "../../src/ids.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { Api } from "./api.ts";
import { madeUpKey } from "./made-up.ts";
import { dbOf, placeOrganization, shardOf } from "./shards.ts";

export interface KeyOptions {
	readonly scopes?: readonly string[];
	readonly envelope?: boolean;
	readonly reads?: "primary" | "nearest";
	readonly expiresAt?: number;
	/** Whether to make a key in the old form, without a mark. */
	readonly withoutMark?: boolean;
}

/** A key for an organization; returns its text and its id. */
export async function createKey(organizationId: string, options: KeyOptions = {}) {
	const { scopes = ["*"], envelope = false, reads = "primary", expiresAt = null } = options;
	const now = Date.now();
	const { id: pepperId, bytes } = parseKeyring(env.KEY_PEPPER).active;
	const key = options.withoutMark ? madeUpKey("test") : await newKey("test", bytes, shardOf(organizationId));
	const id = newId("key", now);
	await dbOf(organizationId)
		.prepare(
			`INSERT INTO api_keys (organizationId, id, version, createdAt, updatedAt, name, hash, pepperId, keyPrefix, scopes, envelope, reads, expiresAt)
		VALUES (?, ?, 1, ?, ?, 'test', ?, ?, ?, ?, ?, ?, ?)`,
		)
		.bind(
			organizationId,
			id,
			now,
			now,
			await hashKey(bytes, key),
			pepperId,
			keyPrefix(key),
			JSON.stringify(scopes),
			envelope ? 1 : 0,
			reads,
			expiresAt,
		)
		.run();
	return { key, id };
}

/** Creates an organization, in the next shard unless one is given. */
export async function createOrganization(shard?: number): Promise<string> {
	const now = Date.now();
	const id = newId("org", now);
	await placeOrganization(id, shard)
		.DB.prepare(
			"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt) VALUES (?, 'Test', 'UTC', 'USD', 1, ?, ?)",
		)
		.bind(id, now, now)
		.run();
	return id;
}

/** Creates a caller with one or several keys, in a new organization unless one is given. */
export async function createCaller(
	options: KeyOptions & {
		readonly organizationId?: string;
		readonly shard?: number;
		readonly keys?: number;
	} = {},
): Promise<Api> {
	const organizationId = options.organizationId ?? (await createOrganization(options.shard));
	const { key, id } = await createKey(organizationId, options);
	const more: string[] = [];
	while (more.length + 1 < (options.keys ?? 1)) more.push((await createKey(organizationId, options)).key);
	return new Api(key, organizationId, id, more);
}
