// The answer with a page of a public form. It uses no cookies and no scripts, except Turnstile's where the form has its widget.
import type { html } from "hono/html";
import type { FormRow } from "../crm/forms/forms.ts";
import { frameAncestors } from "./origins.ts";

/** The policy of a page: nothing but our styles, and what the form names. */
function policyOf(form: FormRow | null, turnstileUrl: string): string {
	const { origin } = new URL(turnstileUrl);
	return [
		"default-src 'none'",
		"style-src 'self'",
		"img-src 'self'",
		"base-uri 'none'",
		`form-action ${formTargets(form)}`,
		`frame-ancestors ${form ? frameAncestors(form) : "*"}`,
		...(form?.turnstileSiteKey ? [`script-src ${origin}`, `frame-src ${origin}`] : []),
	].join("; ");
}

/**
 * Where the form may be sent. Browsers apply it to all redirects that follow, and the form's next page may redirect to any host, such
 * as from example.com to www.example.com: a visitor whose answers were stored would stay on the page without a word. Whoever makes
 * the form chooses its next page, and the page has no script that could send the form elsewhere.
 */
function formTargets(form: FormRow | null): string {
	if (!form?.redirectUrl) return "'self'";
	return new URL(form.redirectUrl).protocol === "https:" ? "'self' https:" : "'self' https: http:";
}

/** A page as an answer; `form` is whose page it is, if it is one's. */
export async function pageResponse(
	form: FormRow | null,
	page: ReturnType<typeof html>,
	turnstileUrl: string,
	status: number,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	return new Response(String(await page), {
		status,
		headers: {
			...headers,
			"Content-Type": "text/html; charset=utf-8",
			"Content-Security-Policy": policyOf(form, turnstileUrl),
			// With `no-referrer` browsers would not say where the answers come from: requireOrigin in origins.ts.
			"Referrer-Policy": "same-origin",
			"X-Content-Type-Options": "nosniff",
			// It carries the time at which it was shown.
			"Cache-Control": "no-store",
		},
	});
}
