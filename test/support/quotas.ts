// Helpers for tests of quotas: setting them as an operator, and reading their usage.
import { afterEach, beforeEach, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import type { Quota } from "../../src/quotas/quotas.ts";
import type { Api } from "./api.ts";
import { bindingsOf, dbOf, shards } from "./shards.ts";

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

/**
 * Has a log full or not as the quota says, because no delivery falls on a sample; and takes the quotas away after each test, since
 * the sweeper looks at all organizations.
 */
export function measureLogsExactly(): void {
	beforeEach(() => {
		vi.spyOn(chance, "random").mockReturnValue(0.5);
	});
	afterEach(async () => {
		vi.restoreAllMocks();
		for (const shard of shards)
			await bindingsOf(shard).DB.prepare("UPDATE organizations SET quotas = NULL").run();
	});
}

/** One quota's entry of `GET /organization/usage`. */
export async function usageOf(api: Api, quota: string): Promise<{ used: number | null; limit: number }> {
	const { body } = await api.get("/organization/usage");
	const found = body.items.find((item: { quota: string }) => item.quota === quota);
	return { used: found?.used, limit: found?.limit };
}
