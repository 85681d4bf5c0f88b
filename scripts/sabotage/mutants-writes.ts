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
		"const values = await committed(ctx, statements, answerSlots, record);",
		"const values = await committed(ctx, statements, answerSlots, []);\n\t\t\tawait commit(ctx, record);",
	),
	singleEdit(
		"an invoice that was replaced is restored beside the other",
		["test/crm/invoicing.test.ts", "is not doubled by restoring"],
		"src/crm/invoices/invoices.ts",
		'sumOfMoney(sql`"total"`)} + (',
		'sumOfMoney(sql`"total"`)} - (',
	),
	singleEdit(
		"a number that was not reserved is assigned",
		["test/quotas/numbers.test.ts", "during an upgrade"],
		"src/db/reserved.ts",
		")} >= 0`",
		")} >= 0 OR 1`",
	),
	singleEdit(
		"a number is assigned again after the newest row was removed",
		["test/quotas/numbers.test.ts", "not even of the newest"],
		"src/db/counts.ts",
		"const last = numbered ? lastNumber(table, owner) : sql`NULL`;",
		'const last = numbered ? sql`counter."lastNumber"` : sql`NULL`;',
	),
	singleEdit(
		"what is expected before events is not looked up with them",
		["test/unit/commit.test.ts", "fails with the error of the expectation that fails, and records none"],
		"src/db/commit.ts",
		"onlyIf(allOf(expected.map((scalar) => sql`${scalar.query} IS NOT NULL`)))",
		"onlyIf(allOf([]))",
	),
	singleEdit(
		"the number of changed rows is asked by the statement of the events",
		["test/unit/commit.test.ts", "asks how many rows were changed"],
		"src/db/commit.ts",
		"asksChanges: true,",
		"",
	),
	singleEdit(
		"nothing is expected where there is no organization",
		["test/unit/commit.test.ts", "fails also where there is no such organization"],
		"src/outbox/record.ts",
		"FROM met CROSS JOIN last CROSS JOIN",
		"FROM last CROSS JOIN met CROSS JOIN",
	),
	{
		name: "deliveries are recorded after the change, not with it",
		test: ["test/delivery/outbox.test.ts", "a write"],
		edits: [
			{
				file: "src/outbox/record.ts",
				from: "eventStatement(noteUnwanted(fanOut(ctx, drafts.length, plain), organizationId, drafts, ctx.now))",
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
	singleEdit(
		"the day of an invoice is read from a locale's form of dates",
		["test/crm/invoicing.test.ts", "has the organization's day"],
		"src/crm/invoicing/invoice-quotation.ts",
		"const today = dayIn(known.timezone.fact, ctx.now);",
		'const today = new Intl.DateTimeFormat("en-CA", { timeZone: known.timezone.fact, dateStyle: "short" }).format(ctx.now);',
	),
	singleEdit(
		"the day of an invoice is that of UTC",
		["test/crm/invoicing.test.ts", "has the organization's day"],
		"src/crm/invoicing/invoice-quotation.ts",
		'DateTimeFormat("en", {\n\t\ttimeZone,',
		'DateTimeFormat("en", {\n\t\ttimeZone: timeZone && "UTC",',
	),
];
