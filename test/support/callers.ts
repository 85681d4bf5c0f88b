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

interface NewKey {
	readonly key: string;
	readonly id: string;
	/** Inserts its row. */
	readonly insert: D1PreparedStatement;
}

async function makeKey(organizationId: string, options: KeyOptions): Promise<NewKey> {
	const { scopes = ["*"], envelope = false, reads = "primary", expiresAt = null } = options;
	const now = Date.now();
	const { id: pepperId, bytes } = parseKeyring(env.KEY_PEPPER).active;
	const key = options.withoutMark ? madeUpKey("test") : await newKey("test", bytes, shardOf(organizationId));
	const id = newId("key", now);
	const insert = dbOf(organizationId)
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
		);
	return { key, id, insert };
}

/** The id of a new organization, which is in the next shard unless one is given, and what inserts its row. */
function makeOrganization(shard?: number): { id: string; insert: D1PreparedStatement } {
	const now = Date.now();
	const id = newId("org", now);
	const insert = placeOrganization(id, shard)
		.DB.prepare(
			"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt) VALUES (?, 'Test', 'UTC', 'USD', 1, ?, ?)",
		)
		.bind(id, now, now);
	return { id, insert };
}

/** A key for an organization; returns its text and its id. */
export async function createKey(organizationId: string, options: KeyOptions = {}) {
	const { key, id, insert } = await makeKey(organizationId, options);
	await insert.run();
	return { key, id };
}

/** Creates an organization, in the next shard unless one is given. */
export async function createOrganization(shard?: number): Promise<string> {
	const { id, insert } = makeOrganization(shard);
	await insert.run();
	return id;
}

/**
 * Creates a caller with one or several keys, in a new organization unless one is given: in one batch, because nearly every test
 * begins with it.
 */
export async function createCaller({
	organizationId,
	shard,
	keys: count = 1,
	...options
}: KeyOptions & {
	readonly organizationId?: string;
	readonly shard?: number;
	readonly keys?: number;
} = {}): Promise<Api> {
	const organization = organizationId === undefined ? makeOrganization(shard) : { id: organizationId };
	const { id } = organization;
	const first = await makeKey(id, options);
	const others = await Promise.all(Array.from({ length: count - 1 }, () => makeKey(id, options)));
	const inserts = [first, ...others].map(({ insert }) => insert);
	await dbOf(id).batch("insert" in organization ? [organization.insert, ...inserts] : inserts);
	return new Api(
		first.key,
		id,
		first.id,
		others.map(({ key }) => key),
	);
}
