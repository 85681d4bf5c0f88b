// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs by which one organization sees, or is sent, what is another's.
import { type Mutant, one } from "./mutant.ts";

export const tenancy: readonly Mutant[] = [
	one(
		"a row is found whoever asks for it",
		["test/contract/access.test.ts", "getLead of its rows is 404"],
		"src/db/store.ts",
		"WHERE ${table.organizationId} = ${organizationId} AND ${table.id} = ${id}${",
		"WHERE ${organizationId} = ${organizationId} AND ${table.id} = ${id}${",
	),
	one(
		"a list shows everybody's rows",
		["test/contract/access.test.ts", "leads: its rows are in no list"],
		"src/db/list-source.ts",
		"const owner = sql`${table.organizationId} = ${organizationId}`;\n\tconst numbered",
		"const owner = sql`${organizationId} = ${organizationId}`;\n\tconst numbered",
	),
	one(
		"a cursor is not checked",
		["test/contract/lists.test.ts", "of leads is good for its own list alone"],
		"src/http/page.ts",
		"if (crypto.subtle.timingSafeEqual(tag, sealed.subarray(0, TAG_BYTES))) {",
		"if (tag.length > 0) {",
	),
	{
		name: "the sort column is taken as it comes",
		test: ["test/contract/lists.test.ts", "refuses parameters it does not know"],
		edits: [
			{
				file: "src/http/page.ts",
				from: '(name) => names.includes(name) || (custom && name.startsWith("cf_")),',
				to: "() => true,",
			},
			{
				file: "src/db/list-arms.ts",
				from: "const sort: SQLiteColumn = store.key(orderBy);",
				to: "const sort = sql.raw(orderBy) as unknown as SQLiteColumn;",
			},
		],
	},
	one(
		"a delivery is read whoever asks for it",
		["test/contract/access.test.ts", "getDelivery of its rows is 404"],
		"src/webhooks/log.ts",
		'AND "id" = ${id} AND "organizationId" = ${organizationId}`;',
		"AND \"id\" = ${id} AND ${organizationId} <> ''`;",
	),
	one(
		"a delivery's attempts are read by its id alone",
		["test/delivery/log.test.ts", "a redelivery is one attempt now"],
		"src/webhooks/log.ts",
		'"deliveryId" = (SELECT "id" ${its})',
		'"deliveryId" = ${id}',
	),
	one(
		"events go to everybody's webhooks",
		["test/events/subscriptions.test.ts", "hear nothing of another organization"],
		"src/events/record.ts",
		'WHERE webhook."organizationId" = ${organizationId} AND webhook."deletedAt" IS NULL',
		'WHERE webhook."deletedAt" IS NULL',
	),
	one(
		"a record's history is read among everybody's events",
		["test/events/history.test.ts", "says what happened to it, by whom"],
		"src/events/history.ts",
		"\t\t\tfrom: [base],\n",
		"\t\t\tfrom: [],\n",
	),
];
