// The answer with a page of a public form. It uses no cookies and no scripts, except Turnstile's where the form has its widget.
import type { html } from "hono/html";
import type { FormRow } from "../crm/forms/forms.ts";
import { frameAncestors } from "./origins.ts";

/** The policy of a page: nothing but our styles, and what the form names. */
function policyOf(form: FormRow | null, turnstileUrl: string): string {
	const { origin } = new URL(turnstileUrl);
	// Browsers apply `form-action` to the page that the answer redirects to as well.
	const targets = ["'self'", ...(form?.redirectUrl ? [new URL(form.redirectUrl).origin] : [])];
	return [
		"default-src 'none'",
		"style-src 'self'",
		"img-src 'self'",
		"base-uri 'none'",
		`form-action ${targets.join(" ")}`,
		`frame-ancestors ${form ? frameAncestors(form) : "*"}`,
		...(form?.turnstileSiteKey ? [`script-src ${origin}`, `frame-src ${origin}`] : []),
	].join("; ");
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
