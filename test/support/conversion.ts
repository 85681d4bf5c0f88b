// Helpers for tests of converting leads.
import type { Api } from "./api.ts";
import { create } from "./deals.ts";

export const JANE = {
	name: "Jane Smith",
	email: "jane@example.com",
	mobile: "+14155550123",
	position: "CEO",
	title: "Relaunch of the shop",
	value: 900,
	currency: "EUR",
	expectedCloseDate: "2026-12-31",
	notes: "Met in Bern.",
};

export async function createStages(api: Api) {
	const first = await create(api, "/lead-stages", { name: "New", type: "NEW" });
	const converted = await create(api, "/lead-stages", { name: "Converted", type: "CONVERTED" });
	return { first: first.id, converted: converted.id };
}
