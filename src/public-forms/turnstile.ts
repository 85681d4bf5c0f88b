// Cloudflare Turnstile: its widget on the page gives the visitor's browser a token, which is checked here. If it can't be
// checked, nothing is stored: whoever relies on it would rather miss an answer than get a thousand of a program.
// https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
import type { Ctx } from "../context.ts";
import type { FormRow } from "../crm/forms/forms.ts";
import { openTurnstileSecret } from "../crm/forms/turnstile-secret.ts";
import { AppError, badRequest, conflict } from "../errors.ts";
import { logFault } from "../log.ts";
import { settingsOf } from "../settings.ts";
import { OWN_FIELDS, type Sent } from "./sent.ts";

const TIMEOUT_MS = 3_000;
const MAX_TOKEN_CHARACTERS = 2_048;

interface Verdict {
	readonly success?: unknown;
	readonly "error-codes"?: unknown;
}

/** What was sent by those who have been checked. */
const checked = new WeakSet<Sent>();

const failed = (message: string) => badRequest(OWN_FIELDS.turnstile, message);

/**
 * Checks the visitor's token, if the form has a widget: once in a request, also when it is tried again after a lost race or at the
 * place that the form has moved to, because a token is only good once.
 * @param address the visitor's address, if it is known
 * @throws AppError 400 for a token that is missing or not valid, 409 if Turnstile refuses the form's secret, 503 if it does not answer
 */
export async function requirePerson(
	ctx: Ctx,
	form: FormRow,
	sent: Sent,
	address: string | null,
): Promise<void> {
	if (form.turnstileSecret === null || checked.has(sent)) return;
	const token = sent.own("turnstile");
	if (token === "" || token.length > MAX_TOKEN_CHARACTERS)
		throw failed("Confirm that you are a person, then send it again.");
	const secret = await openTurnstileSecret(ctx, form.id, form.turnstileSecret);
	const verdict = await verdictOn(ctx, form.id, {
		secret,
		response: token,
		...(address ? { remoteip: address } : {}),
	});
	if (verdict.success === true) {
		checked.add(sent);
		return;
	}
	if (/-input-secret/.test(String(verdict["error-codes"])))
		throw conflict("Turnstile refuses the secret of this form.");
	throw failed("The check that you are a person failed; try it again.");
}

async function verdictOn(
	{ env, requestId }: Ctx,
	formId: string,
	fields: Record<string, string>,
): Promise<Verdict> {
	try {
		const response = await fetch(`${settingsOf(env).TURNSTILE_URL}/siteverify`, {
			method: "POST",
			body: new URLSearchParams(fields),
			redirect: "manual",
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		// Refusals have a status of 4xx, too, and the same body.
		if (response.status >= 300 && response.status < 400)
			throw new Error(`Turnstile answered ${response.status}`);
		const verdict = await response.json<Verdict | null>();
		if (typeof verdict?.success === "boolean") return verdict;
		throw new Error(`Turnstile answered ${response.status} without a verdict`);
	} catch (error) {
		logFault("turnstile", { requestId, formId }, error);
		throw new AppError(
			"SERVICE_UNAVAILABLE",
			"We can't check that you are a person right now; please try again.",
			undefined,
			{ "Retry-After": "5" },
		);
	}
}
