// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of writes: what they overwrite, and what is not in their batch.
import { type Mutant, singleEdit } from "./mutant.ts";

export const writeMutants: readonly Mutant[] = [
	singleEdit(
		"an update does not look at the version it read",
		["test/contract/writes.test.ts", "without If-Match races others"],
		"src/db/store.ts",
		" AND ${table.version} = ${before.version}`,",
		"`,",
	),
	singleEdit(
		"an answer is kept for its Idempotency-Key after the work, not with it",
		["test/contract/idempotency-failures.test.ts", "that lost the answer of a commit"],
		"src/http/write.ts",
		"return { ...planned, body: fillSlots(planned.body, await committed(ctx, all, answerSlots)) };",
		"const values = await committed(ctx, statements, answerSlots);\n\t\t\tawait commit(ctx, record);\n\t\t\treturn { ...planned, body: fillSlots(planned.body, values) };",
	),
	singleEdit(
		"an invoice that was replaced is restored beside the other",
		["test/crm/invoicing.test.ts", "is not doubled by restoring"],
		"src/crm/invoices/invoices.ts",
		'sum("total") + (',
		'sum("total") - (',
	),
	{
		name: "deliveries are recorded after the change, not with it",
		test: ["test/delivery/outbox.test.ts", "a write"],
		edits: [
			{
				file: "src/outbox/record.ts",
				from: "noteUnwanted(fanOut(ctx, drafts.length, plain), organizationId, drafts, ctx.now),",
				to: `{ query: sql\`SELECT 1\`, onCommitted() {
			const { query, onCommitted } = fanOut(ctx, drafts.length);
			const { waitUntil } = ctx as unknown as { waitUntil(work: Promise<unknown>): void };
			waitUntil(later(ctx.env.DB, [query]).then(([made]) => onCommitted?.(made ?? [])));
		} },`,
			},
			{
				file: "src/outbox/record.ts",
				from: 'import { splitIntoChunks } from "../db/chunks.ts";',
				to: 'import { splitIntoChunks } from "../db/chunks.ts";\nimport { batch as later } from "../db/client.ts";',
			},
		],
	},
];
