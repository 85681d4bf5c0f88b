// What tests of quotas begin with: what an operator sets, and what a caller is shown.
import type { Quota } from "../../src/quotas/quotas.ts";
import type { Api } from "./api.ts";
import { dbOf } from "./shards.ts";

/** Sets quotas as an operator would. */
export async function limit(organizationId: string, quotas: Partial<Record<Quota, number>>): Promise<void> {
	await dbOf(organizationId)
		.prepare("UPDATE organizations SET quotas = ? WHERE id = ?")
		.bind(JSON.stringify(quotas), organizationId)
		.run();
}

/** What `GET /organization/usage` says of one quota. */
export async function usageOf(api: Api, quota: string): Promise<{ used: number | null; limit: number }> {
	const { body } = await api.get("/organization/usage");
	const found = body.items.find((item: { quota: string }) => item.quota === quota);
	return { used: found?.used, limit: found?.limit };
}
