// Helpers for tests of quotas: setting them as an operator, and reading their usage.
import type { Quota } from "../../src/quotas/quotas.ts";
import type { Api } from "./api.ts";
import { dbOf } from "./shards.ts";

/** Sets quotas as an operator would. */
export async function setQuotas(
	organizationId: string,
	quotas: Partial<Record<Quota, number>>,
): Promise<void> {
	await dbOf(organizationId)
		.prepare("UPDATE organizations SET quotas = ? WHERE id = ?")
		.bind(JSON.stringify(quotas), organizationId)
		.run();
}

/** One quota's entry of `GET /organization/usage`. */
export async function usageOf(api: Api, quota: string): Promise<{ used: number | null; limit: number }> {
	const { body } = await api.get("/organization/usage");
	const found = body.items.find((item: { quota: string }) => item.quota === quota);
	return { used: found?.used, limit: found?.limit };
}
