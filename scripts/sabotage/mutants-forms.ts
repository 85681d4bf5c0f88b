// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of forms that people answer without a key.
import { type Mutant, singleEdit } from "./mutant.ts";

const ANSWERS = "test/public-forms/answers.test.ts";
const GUARDS = "test/public-forms/guards.test.ts";
const TURNSTILE = "test/public-forms/turnstile.test.ts";

export const formMutants: readonly Mutant[] = [
	singleEdit(
		"notes that don't fit into a lead that exists are stored in it",
		["test/crm/form-matching.test.ts", "is the oldest that is not deleted"],
		"src/crm/form-responses/lead.ts",
		"areStorable(lead.notes) ? lead : null",
		"lead",
	),
	singleEdit(
		"notes are cut without a word",
		["test/crm/form-matching.test.ts", "says in its notes which response"],
		"src/crm/form-responses/answers.ts",
		"firstCharacters(MAX_NOTES_CHARACTERS - end.length, notes) + end",
		"firstCharacters(MAX_NOTES_CHARACTERS, notes)",
	),
	singleEdit(
		"a form that is public no more takes answers for a minute",
		[ANSWERS, "are 404 unless the form is public"],
		"src/public-forms/submit.ts",
		"if (!form?.isPublic) throw asMisplaced",
		"if (!form) throw asMisplaced",
	),
	singleEdit(
		"visitors of forms are beyond the quota of bytes",
		[ANSWERS, "has no room"],
		"src/public-forms/submit.ts",
		'actor: { type: "form"',
		'actor: { type: "system"',
	),
	singleEdit(
		"visitors of forms learn which quota is used up",
		[ANSWERS, "nobody learns why"],
		"src/public-forms/submit.ts",
		'if (error.code === "CONFLICT") return conflict("This form takes no answers at the moment.");',
		"",
	),
	singleEdit(
		"what fills in the hidden field of a form is stored",
		[GUARDS, "answers as if the answers were taken"],
		"src/public-forms/traps.ts",
		'if (sent.own("honeypot").trim() !== "") return true;',
		"",
	),
	singleEdit(
		"the signed time of one form is good for another",
		[GUARDS, "answers as if the answers were taken"],
		"src/public-forms/traps.ts",
		"(await hashKey(pepper, `time of ${formId}: ${time}`))",
		"(await hashKey(pepper, `time of ${formId && time}`))",
	),
	singleEdit(
		"a form that is sent at once is stored",
		[GUARDS, "answers as if the answers were taken"],
		"src/public-forms/traps.ts",
		"return now - Number(time) < MIN_MS;",
		"return now < Number(time);",
	),
	singleEdit(
		"pages whose names begin as an allowed one may send a form",
		[GUARDS, "are those whose pages may show and send the form"],
		"src/public-forms/origins.ts",
		"allowedOrigins.includes(origin)",
		"allowedOrigins.some((allowed) => origin.startsWith(allowed))",
	),
	singleEdit(
		"an address may send any number of answers",
		[GUARDS, "let twenty answers a minute through"],
		"src/public-forms/routes.ts",
		"await admitAnswer(c.env, request.headers, id);",
		"",
	),
	singleEdit(
		"a form with a widget takes answers without a token",
		[TURNSTILE, "takes answers of those whom it has checked"],
		"src/public-forms/turnstile.ts",
		'if (token === "" || token.length > MAX_TOKEN_CHARACTERS)',
		'if (token === "") return;\n\tif (token.length > MAX_TOKEN_CHARACTERS)',
	),
	singleEdit(
		"pages that hide where they are may send a form that names others",
		[GUARDS, "are those whose pages may show and send the form"],
		"src/public-forms/origins.ts",
		'if (origin === null && request.method !== "POST") return;',
		"if (origin === null) return;",
	),
	singleEdit(
		"a form takes everything while Turnstile does not answer",
		[TURNSTILE, "takes nothing while Turnstile"],
		"src/public-forms/turnstile.ts",
		'logFault("turnstile", { requestId, formId }, error);',
		'logFault("turnstile", { requestId, formId }, error);\n\t\tif (error) return { success: true };',
	),
	singleEdit(
		"a visitor's token is spent twice when another write comes first",
		[TURNSTILE, "asks once, also when another write comes first"],
		"src/public-forms/turnstile.ts",
		" || checked.has(sent)",
		"",
	),
	singleEdit(
		"an id that no form has is looked for each time",
		["test/shards/public-forms.test.ts", "is looked for once in ten seconds"],
		"src/public-forms/place.ts",
		"place ? FOUND_MS : UNKNOWN_MS",
		"place ? FOUND_MS : 0",
	),
	singleEdit(
		"two answers at once make two leads of one address",
		["test/crm/form-matching.test.ts", "is one, however many answers come at once"],
		"src/crm/form-responses/lead.ts",
		"[...expectations, ...statements]",
		"[...statements]",
	),
];
