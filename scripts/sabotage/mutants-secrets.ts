// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of signatures and secrets: what is signed, stored and shown.
import { type Mutant, singleEdit } from "./mutant.ts";

export const secretMutants: readonly Mutant[] = [
	singleEdit(
		"the body is written anew before it is signed",
		["test/unit/sign.test.ts", "is the published vector of Standard Webhooks"],
		"src/delivery/sign.ts",
		"const content = `${deliveryId}.${timestamp}.${body}`;",
		"const content = `${deliveryId}.${timestamp}.${JSON.stringify(JSON.parse(body))}`;",
	),
	singleEdit(
		"the older header changes to the new secret at once",
		["test/unit/sign.test.ts", "stays with the old secret"],
		"src/delivery/sign.ts",
		"secrets.previous ?? secrets.current",
		"secrets.current",
	),
	{
		name: "secrets and headers are stored as they are",
		test: ["test/delivery/secrecy.test.ts", "is left in the database"],
		edits: [
			{
				file: "src/delivery/sealing.ts",
				from: "return seal(settingsOf(ctx.env).ENCRYPTION_KEY, ctx.caller.organizationId, webhookScope(id, field), text);",
				to: "return Promise.resolve(text);",
			},
			{
				file: "src/delivery/sealing.ts",
				from: "return unseal(settingsOf(env).ENCRYPTION_KEY, row.organizationId, webhookScope(row.id, field), sealed);",
				to: "return sealed;",
			},
		],
	},
	singleEdit(
		"an answer that shows a secret is kept as it is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/http/idempotency.ts",
		"const secret = answer.secret === true;",
		"const secret = false;",
	),
	singleEdit(
		"a secret is shown whenever the webhook is",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/receiver.ts",
		"return { ...shown, headers: maskHeaders(await openHeaders(env, row)) };",
		'const again = { secret: await (await import("./sealing.ts")).openValue(env, row, "secret", secret).catch(() => null) };\n\treturn { ...shown, ...again, headers: maskHeaders(await openHeaders(env, row)) };',
	),
	singleEdit(
		"events about a webhook tell what its headers hold",
		["test/delivery/secrecy.test.ts", "is left in the database"],
		"src/delivery/consequences.ts",
		"maskHeaderValues(await showWebhook(ctx.env, shown))",
		"await showWebhook(ctx.env, shown)",
	),
];
