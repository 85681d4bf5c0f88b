// The organization on the wire.

import { z } from "@hono/zod-openapi";
import { commonExample, currency, name, sharedFields } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { optional } from "../http/shapes.ts";
import { identities } from "../identities.ts";

const settable = once(() => ({
	name: name().openapi({ description: "The name of the organization.", example: "Acme Corp" }),
	timezone: z
		.string()
		.max(64)
		.refine(isTimezone, "Expected an IANA time zone.")
		.openapi({ description: "IANA time zone.", example: "Europe/Berlin" }),
	currency: currency().describe("ISO 4217. The default currency of deals, quotations and invoices."),
}));

const { deletedAt: _, ...exampleFields } = commonExample(identities.organization);

export const Organization = objectOf(() => {
	const { deletedAt: __, ...commonFields } = sharedFields(identities.organization);
	return { ...commonFields, ...settable() };
}).openapi("Organization", {
	example: {
		...exampleFields,
		name: "Acme Corp",
		timezone: "Europe/Berlin",
		currency: "EUR",
	},
});

export const OrganizationUpdate = strictObjectOf(() => optional(settable())).openapi("OrganizationUpdate", {
	example: { timezone: "Europe/Berlin" },
});

export const OrganizationUsage = objectOf(() => ({
	items: z
		.array(
			z.object({
				quota: z.string().openapi({
					maxLength: 64,
					description:
						"`records.<path>`: rows of a resource, including deleted ones until they are removed for good · `bytes`: the size of all records, messages and events; small ones (up to 4,096, 1,024 and 2,048 bytes) count as half of that · `webhooks` · `apiKeys`: keys that are neither revoked nor expired · `notificationTargets` · `customFields.<entity>` · `customFieldBytes.<entity>`: the size of the definitions as JSON · `pipelineBytes`: the size of the pipelines · `idempotencyBytes`: the approximate size of the answers stored for an `Idempotency-Key` · `logBytes`: the approximate size of the delivery log, each delivery with room for its attempts; near it, the oldest are removed early · `recordBytes`: the maximum size of one record as JSON.",
				}),
				used: z.int().min(0).nullable().describe("`null` for `recordBytes`, which limits each record."),
				limit: z.int().min(0).describe("The limit that the operator allows."),
			}),
		)
		.openapi({ description: "Every quota.", maxItems: 100 }),
})).openapi("OrganizationUsage", {
	example: {
		items: [
			{ quota: "records.leads", used: 1_204, limit: 100_000 },
			{ quota: "webhooks", used: 3, limit: 50 },
			{ quota: "recordBytes", used: null, limit: 524_288 },
		],
	},
});

export type OrganizationUpdateInput = z.output<typeof OrganizationUpdate>;

/** Whether it is a name from the IANA database. `Intl` also accepts offsets, which are refused here. */
function isTimezone(name: string): boolean {
	try {
		return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
	} catch {
		return false;
	}
}
