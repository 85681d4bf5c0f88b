// The organization on the wire.

import { z } from "@hono/zod-openapi";
import { common, commonExample, currency, name, optional } from "../http/fields.ts";
import { identities } from "../identities.ts";

const settable = {
	name: name().openapi({ description: "What the organization is called.", example: "Acme Corp" }),
	timezone: z
		.string()
		.max(64)
		.refine(isTimezone, "Expected an IANA time zone.")
		.openapi({ description: "IANA time zone.", example: "Europe/Berlin" }),
	currency: currency().describe(
		"ISO 4217; what deals, quotations and invoices have that name no currency of their own.",
	),
};

const { deletedAt: _, ...kept } = common(identities.organization);
const { deletedAt: __, ...keptExample } = commonExample(identities.organization);

export const Organization = z.object({ ...kept, ...settable }).openapi("Organization", {
	example: {
		...keptExample,
		name: "Acme Corp",
		timezone: "Europe/Berlin",
		currency: "EUR",
	},
});

export const OrganizationUpdate = z
	.strictObject(optional(settable))
	.openapi("OrganizationUpdate", { example: { timezone: "Europe/Berlin" } });

export const OrganizationUsage = z
	.object({
		items: z
			.array(
				z.object({
					quota: z.string().openapi({
						maxLength: 64,
						description:
							"`records.<path>`: rows of a resource, deleted ones included until they are removed for good · `bytes`: what records, messages and events weigh together, light ones (up to 4,096, 1,024 and 2,048 bytes) counted as half of that · `webhooks` · `apiKeys`: those neither revoked nor expired · `customFields.<entity>` · `customFieldBytes.<entity>`: what the definitions weigh together as JSON · `pipelineBytes`: what the pipelines weigh together · `idempotencyBytes`: what the answers kept for an `Idempotency-Key` weigh, near enough · `logBytes`: what the attempts in the delivery log weigh, near enough; beyond it they are recorded without headers and answers · `recordBytes`: what one record may weigh as JSON.",
					}),
					used: z
						.int()
						.min(0)
						.nullable()
						.describe("Null for `recordBytes`, which each record is held to by itself."),
					limit: z.int().min(0).describe("What the operator allows."),
				}),
			)
			.openapi({ description: "Every quota.", maxItems: 100 }),
	})
	.openapi("OrganizationUsage", {
		example: {
			items: [
				{ quota: "records.leads", used: 1_204, limit: 100_000 },
				{ quota: "webhooks", used: 3, limit: 50 },
				{ quota: "recordBytes", used: null, limit: 524_288 },
			],
		},
	});

export type OrganizationUpdateInput = z.output<typeof OrganizationUpdate>;

/** Whether it is a name from the IANA database: `Intl` knows them, and takes offsets besides. */
function isTimezone(name: string): boolean {
	try {
		return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
	} catch {
		return false;
	}
}
