// The sample data of a new demo organization: a working company, so that every list has rows.
import { DAY_MS, SECOND_MS } from "../../src/time.ts";
import type { Call } from "./api.ts";
import { organization } from "./business.ts";
import { createConversations } from "./conversations.ts";
import { createPapers } from "./papers.ts";
import { createSales } from "./sales.ts";
import { createSettings } from "./settings.ts";

/**
 * Fills an organization with 140 calls. The last one renames the organization, which shows that all data exists. Dates are
 * relative to its first day, so that a second run after a crash sends the same calls.
 */
export async function createSampleData(call: Call): Promise<void> {
	const { createdAt } = await call<{ createdAt: string }>("GET", "/organization");
	const midnight = Math.floor(Date.parse(createdAt) / DAY_MS) * DAY_MS;
	const instant = (offset: number, seconds: number) =>
		new Date(midnight + offset * DAY_MS + seconds * SECOND_MS).toISOString();
	const world = {
		call,
		day: (offset: number) => instant(offset, 0).slice(0, "YYYY-MM-DD".length),
		hour: (offset: number, hour: number, seconds = 0) => instant(offset, hour * 3_600 + seconds),
	};
	const settings = await createSettings(world);
	const sales = await createSales(world, settings);
	await Promise.all([
		createPapers(world, settings, sales.deals),
		createConversations(world, settings, sales),
	]);
	await call("PATCH", "/organization", organization);
}
