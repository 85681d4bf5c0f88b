// The lists of a new organization, which its first lead and deal need. All of them can be changed.
import type { Stage } from "../../src/db/schema/deals.ts";
import { newId } from "../../src/ids.ts";

const stages = [
	{ name: "Qualified", type: "ACTIVE", probability: 20 },
	{ name: "Proposal", type: "ACTIVE", probability: 50 },
	{ name: "Negotiation", type: "ACTIVE", probability: 75 },
	{ name: "Won", type: "WON", probability: 100 },
	{ name: "Lost", type: "LOST", probability: 0 },
] as const;

const leadStages = [
	{ name: "New", type: "NEW" },
	{ name: "Contacted", type: "CONTACTED" },
	{ name: "Working", type: "WORKING" },
	{ name: "Converted", type: "CONVERTED" },
	{ name: "Unqualified", type: "UNQUALIFIED" },
	{ name: "Junk", type: "JUNK" },
] as const;

const leadSources = ["Website", "Referral", "Email", "Phone", "Event", "Other"];

/** Rows of the default pipeline, a lead stage of each type, and lead sources, for an organization made at `instant`. */
export function startingLists(organizationId: string, instant: number) {
	const at = new Date(instant).toISOString();
	const row = (prefix: string) => ({
		organizationId,
		id: newId(prefix, instant),
		version: 1,
		createdAt: at,
		updatedAt: at,
	});
	return {
		pipeline: {
			...row("dpl"),
			name: "Sales",
			position: 1,
			isDefault: true,
			stages: stages.map(
				(stage, index): Stage => ({ id: newId("dps", instant), ...stage, position: index + 1 }),
			),
		},
		leadStages: leadStages.map((stage, index) => ({ ...row("lstg"), ...stage, position: index + 1 })),
		leadSources: leadSources.map((name, index) => ({
			...row("src"),
			name,
			position: index + 1,
			isActive: true,
		})),
	};
}
