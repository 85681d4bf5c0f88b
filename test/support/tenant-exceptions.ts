// Statements on rows of all organizations, or of an organization that isn't known yet. They are sent by the system and not
// by a request, unless noted.

interface Exception {
	readonly name: string;
	readonly because: string;
	/** A text that only these statements contain. */
	readonly statement: RegExp;
	readonly inRequests?: true;
}

export const exceptions: readonly Exception[] = [
	{
		name: "a key's owner",
		because: "it is what says who calls: a key is found by its hash, which nobody else has",
		statement: /FROM "api_keys"\s+WHERE "hash" IN /,
		inRequests: true,
	},
	{
		name: "a public form's owner",
		because: "a visitor names a form, whose id nobody else's has, and this finds out whose it is",
		statement: /FROM "forms" AS form INDEXED BY "forms_id"/,
		inRequests: true,
	},
	{
		name: "health",
		because: "it asks whether the table is there, and reads nothing of a row",
		statement: /^SELECT 1 FROM organizations LIMIT 1$/,
		inRequests: true,
	},
	{
		name: "claim",
		because:
			"the queue names deliveries by their ids; whose they are is read here, each with its own webhook",
		statement: /"webhookId", (?:delivery\.)?"id"\) IN \(SELECT value->>0, value->>1 FROM json_each\(\?\)\)/,
	},
	{
		name: "the record of attempts",
		because: "the lease, which only the claim gives, says that they are one's own",
		statement:
			/^INSERT INTO "(?:attempts|delivery_hours)" |delivery\."lease" = ending\.value->>'lease'|WHERE \((?:"webhookId", "id", "lease"|"deliveryId", "number")\) IN/,
	},
	{
		name: "wake-ups that the queue refused",
		because: "the batch that made them has said which they are, and their mark alone is taken away",
		statement: /^UPDATE "deliveries" SET "leaseUntil" = NULL WHERE "lease" IS NULL/,
		inRequests: true,
	},
	{
		name: "sweep",
		because: "it looks for whoever waits, webhook by webhook",
		statement: /^WITH RECURSIVE found\("id"\)|"deliveries_due" WHERE "webhookId" = named\."id"/,
	},
	{
		name: "moves",
		because: "they take whose turn it is, and journal the writes of all organizations that move",
		statement:
			/^UPDATE "moves" SET "lease" = \?, "leaseUntil" = \? WHERE "moves"\."organizationId" = \(SELECT|^CREATE TRIGGER "move_|FROM "moves" WHERE "stage" (?:>|BETWEEN)/,
	},
	{
		name: "rows of the journal",
		because:
			"a trigger has noted their keys as the organization's, and these tables have no column that says so",
		statement:
			/LEFT JOIN "(?:attempts|deliveries|delivery_hours|event_log)" AS "row" ON |^DELETE FROM "(?:attempts|deliveries|delivery_hours)" AS "row" WHERE \([^()]*\) IN\s+\(SELECT \(key/,
	},
	{
		name: "leftovers of moves and exports",
		because: "it takes any export that was interrupted, and any import that has not begun",
		statement: /^SELECT "organizationId" FROM "moves" WHERE "shard" = \? AND "leaseUntil" <= /,
	},
	{
		name: "chores",
		because: "it asks whether there is anything to do for anybody",
		statement: /^SELECT asked\.value AS "name" FROM json_each/,
	},
	{
		name: "purge",
		because: "it removes what is old, whose ever it is",
		statement:
			/^DELETE FROM "(?:attempts|deliveries|delivery_hours|event_log|request_log)" |^UPDATE "counters" SET "value" = max\(0, "value" - counted\."sum"\) FROM |"idempotency_keys" WHERE "claimedAt" < |"notifications" WHERE "at" < |gone\."deletedAt" < \?/,
	},
	{
		name: "full logs",
		because:
			"it takes the log of anybody that is too long, and a webhook of anybody whose deliveries are held",
		statement: /^WITH owner AS MATERIALIZED \(SELECT organization\."id"|INDEXED BY "webhooks_held"/,
	},
	{
		name: "moving of events",
		because: "it takes the organization whose events are the next",
		statement: /\(SELECT "organizationId" FROM "events" LIMIT 1\)|^SELECT 1 FROM "events" LIMIT 1$/,
	},
	{
		name: "notifications",
		because: "it looks for whomever there is something to tell",
		statement:
			/^INSERT INTO "notifications" [\s\S]*CROSS JOIN "(?:webhooks|api_keys)" AS |^SELECT DISTINCT organization\."id" FROM "organizations" AS organization CROSS JOIN "notification_targets"|^UPDATE "notifications" SET "attempts"/,
	},
	{
		name: "restamping",
		because: "it takes any field's turn",
		statement: /"restampedTo" IS NOT NULL ORDER BY random\(\)/,
	},
	{
		name: "reseal",
		because: "it goes through whole tables, when the operator wants it",
		statement: /"resealings"/,
	},
	{
		name: "refold",
		because: "it goes through whole tables, after a migration",
		statement: /"refolds"/,
	},
	{
		name: "what is left to erase",
		because: "it takes whose turn it is; the full-text indexes among them are everybody's",
		statement:
			/^SELECT \* FROM "erasures" WHERE "dueAt" <= |^(?:UPDATE|DELETE FROM) "erasures" [^()]*AND "step" = \? AND "after" = \?|^INSERT INTO "erasures" \([^()]*\) VALUES \('', /,
		inRequests: true,
	},
	{
		name: "upkeep of the full-text indexes",
		because: "it forgets what was erased, and reads no words",
		statement: /^INSERT INTO "\w+_search" \("\w+_search", "rank"\)/,
		inRequests: true,
	},
];
