// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that show or send one organization the data of another.
import { type Mutant, singleEdit } from "./mutant.ts";

/** Removes a filter: one mutant for a test of the behaviour, one for the check of every statement (test/support/tenants.ts). */
const readOfDelivery = [
	"src/webhooks/log.ts",
	"sql`${isOfWebhook({ organizationId, id: webhookId })} AND",
	"sql`${deliveries.webhookId} = ${webhookId} AND ${organizationId} <> '' AND",
] as const;
const fanOut = [
	"src/outbox/subscribers.ts",
	'WHERE ${ownedBy("webhook", organizationId)} AND ${notDeleted("webhook")}',
	'WHERE ${notDeleted("webhook")}',
] as const;

export const tenancyMutants: readonly Mutant[] = [
	singleEdit(
		"a row is found whoever asks for it",
		["test/contract/access.test.ts", "getLead of its rows is 404"],
		"src/db/row-by-id.ts",
		"FROM ${row(table, organizationId, id)}`",
		"FROM ${table} WHERE ${organizationId} <> '' AND ${table.id} = ${id}`",
	),
	singleEdit(
		"a list shows everybody's rows",
		["test/contract/access.test.ts", "leads: its rows are in no list"],
		"src/db/list-source.ts",
		"where: [ownedBy(table, organizationId), ...condition],",
		"where: [sql`${organizationId} <> ''`, ...condition],",
	),
	singleEdit(
		"the filter by organization lets everything through",
		["test/contract/access.test.ts", "getLead of its rows is 404"],
		"src/db/tenant.ts",
		'${column(of, "organizationId")} = ${organizationId}`',
		"${organizationId} = ${organizationId}`",
	),
	singleEdit(
		"the filter by organization is written by hand",
		["test/contract/tenant-filter.test.ts", "is written in db/tenant.ts alone"],
		"src/webhooks/resend.ts",
		"(SELECT 1 FROM ${liveRowOf(webhooks, organizationId, webhookId)})`",
		'(SELECT 1 FROM ${webhooks} WHERE "organizationId" = ${organizationId} AND "id" = ${webhookId})`',
	),
	singleEdit(
		"the hours of a webhook are read by its id alone",
		["test/delivery/stats.test.ts", "are empty where nothing was sent"],
		"src/webhooks/stats.ts",
		'"webhookId" = ${own} AND',
		'"webhookId" = ${webhookId} AND',
	),
	singleEdit(
		"a cursor is not checked",
		["test/contract/lists.test.ts", "of leads is only valid for its own list"],
		"src/http/cursor.ts",
		"if (crypto.subtle.timingSafeEqual(tag, sealed.subarray(0, TAG_BYTES))) {",
		"if (tag.length > 0) {",
	),
	{
		name: "the sort column is taken as it comes",
		test: ["test/contract/lists.test.ts", "refuses unknown parameters and invalid cursors"],
		edits: [
			{
				file: "src/http/list-query.ts",
				from: '(name) => names.includes(name) || (custom && name.startsWith("cf_")),',
				to: "() => true,",
			},
			{
				file: "src/db/list-segments.ts",
				from: "const key = sql`${plus}${store.key(orderBy)}`;",
				to: "const key = sql`${plus}${sql.raw(orderBy)}`;",
			},
		],
	},
	singleEdit(
		"a delivery is read whoever asks for it",
		["test/contract/access.test.ts", "getDelivery of its rows is 404"],
		...readOfDelivery,
	),
	singleEdit(
		"the read of a delivery doesn't say whose it is",
		["test/delivery/log.test.ts", "a test send goes through the same pipe"],
		...readOfDelivery,
	),
	singleEdit(
		"a delivery's attempts are read by its id alone",
		["test/delivery/log.test.ts", "a redelivery is one attempt now"],
		"src/webhooks/log.ts",
		'"deliveryId" = (SELECT "id" ${fromThisDelivery})',
		'"deliveryId" = ${id}',
	),
	singleEdit(
		"events go to everybody's webhooks",
		["test/events/subscriptions.test.ts", "get no events of another organization"],
		...fanOut,
	),
	singleEdit(
		"the fan-out doesn't say whose webhooks it means",
		["test/events/subscriptions.test.ts", "fail each for itself"],
		...fanOut,
	),
	singleEdit(
		"a record's history is read among everybody's events",
		["test/events/history.test.ts", "shows what happened to it, by whom"],
		"src/events/history.ts",
		"\t\t\tfrom: [base],\n",
		"\t\t\tfrom: [],\n",
	),
];
