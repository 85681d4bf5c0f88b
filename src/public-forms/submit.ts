// Takes what a visitor has sent to a public form. The form is read with all that planning needs, in one round trip.

import { firstCharacters } from "../characters.ts";
import type { Caller, Ctx } from "../context.ts";
import { planResponse, readForm } from "../crm/form-responses/form-responses.ts";
import type { FormRow } from "../crm/forms/forms.ts";
import type { Write } from "../db/commit.ts";
import { AppError, conflict, notFound, reworded } from "../errors.ts";
import { addressOf } from "../gate/address.ts";
import { toAppError } from "../http/on-error.ts";
import { performWrite } from "../http/write.ts";
import { settingsOf } from "../settings.ts";
import { requireOrigin } from "./origins.ts";
import { asMisplaced, isMisplaced, type Place } from "./place.ts";
import type { Sent } from "./sent.ts";
import { isTrapped } from "./traps.ts";
import { requirePerson } from "./turnstile.ts";
import { typedAnswers } from "./typed-answers.ts";

/** The form, and why nothing was stored, as its visitor may know it; null if all is well. */
export interface Outcome {
	readonly form: FormRow;
	readonly problem: AppError | null;
}

/** Whom the writes of a form's visitors belong to. They may do nothing else, so they have no scopes. */
export const visitorOf = (formId: string, { organizationId, recordBytes }: Place): Caller => ({
	keyId: formId,
	keyName: "",
	sessionId: null,
	organizationId,
	scopes: [],
	expiresAt: null,
	envelope: false,
	recordBytes,
});

const MAX_SOURCE_CHARACTERS = 2_048;

/** Where it was answered: what a script of ours says, or else the browser. */
function sourceOf({ headers }: Request, sent: Sent) {
	const cut = (text: string | null) =>
		firstCharacters(MAX_SOURCE_CHARACTERS, text?.toWellFormed() ?? "") || null;
	return {
		pageUrl: cut(sent.own("page") || headers.get("referer")),
		referrer: cut(sent.own("referrer")),
		userAgent: cut(headers.get("user-agent")),
	};
}

/**
 * Stores the answers, unless a trap says that a program has sent them.
 * @throws AppError 404 if the form is not public, 403 for a page that may not send it
 */
export async function submit(ctx: Ctx, formId: string, request: Request, sent: Sent): Promise<Outcome> {
	let known: FormRow | undefined;
	try {
		await performWrite(
			ctx,
			async (attempt): Promise<Write<null>> => {
				const { form, known: facts } = await readForm(attempt, formId);
				if (!form?.isPublic) throw asMisplaced(formId, notFound("form"));
				requireOrigin(form, ctx.host, request);
				known = form;
				if (await isTrapped(settingsOf(ctx.env).KEY_PEPPER, formId, sent, ctx.now))
					return { value: null, statements: [] };
				const { statements } = await planResponse(
					{ ...attempt, actor: { type: "form", id: formId, name: form.title } },
					form,
					facts,
					{ formId, answers: typedAnswers(form.fields, sent.answers), source: sourceOf(request, sent) },
				);
				// Last: a token that was spent on answers that are refused would be missed with the right ones.
				await requirePerson(ctx, form, sent, addressOf(request.headers));
				return { value: null, statements };
			},
			() => ({ status: 201 }),
		);
	} catch (error) {
		if (!known || isMisplaced(error)) throw error;
		return { form: known, problem: forVisitor(toAppError(error, ctx.requestId)) };
	}
	if (!known) throw notFound("form");
	return { form: known, problem: null };
}

/** An error in the words of the form: its fields by their keys, and nothing of the organization's quotas. */
function forVisitor(error: AppError): AppError {
	if (error.code === "CONFLICT") return conflict("This form takes no answers at the moment.");
	if (error.code === "PAYLOAD_TOO_LARGE") return new AppError(error.code, "The answers are too long.");
	return reworded(error, (path) => path.replace(/^answers\./, ""));
}
