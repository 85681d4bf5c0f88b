// Helpers for tests of Idempotency-Key.
import type { Api } from "../support/api.ts";
import { dbOf } from "../support/shards.ts";

export const REPLAYED = "idempotency-replayed";

export const idempotencyKey = (name = crypto.randomUUID()) => ({ "idempotency-key": name });

export const listRows = async (api: Api, path: string) => (await api.get(`${path}?limit=100`)).body.items;

/** The stored answers of this organization. */
export async function storedAnswers({
	organizationId,
}: Api): Promise<{ key: string; answer: string | null }[]> {
	const query = dbOf(organizationId).prepare(
		"SELECT key, answer FROM idempotency_keys WHERE organizationId = ?",
	);
	return (await query.bind(organizationId).all<{ key: string; answer: string | null }>()).results;
}
