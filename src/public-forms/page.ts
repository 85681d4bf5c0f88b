// The pages of a public form. They work without scripts and look the same inside another page (assets/form/embed.js).
import { html } from "hono/html";
import type { FormRow } from "../crm/forms/forms.ts";
import type { AppError, FieldError } from "../errors.ts";
import { idOf, question } from "./inputs.ts";
import { OWN_FIELDS, type Sent } from "./sent.ts";

type Html = ReturnType<typeof html>;

const page = (title: string, main: Html, head: Html | null = null) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/form/form.css">${head}
</head>
<body>
<main class="leadwire-form">
${main}
</main>
</body>
</html>`;

/** What the page of a form is made from. */
export interface PageInput {
	readonly form: FormRow;
	/** When it is shown, as `signedTime` makes it. */
	readonly time: string;
	/** What was sent, and why it was not taken. */
	readonly sent: Sent | null;
	readonly problem: AppError | null;
	/** Where Turnstile is. */
	readonly turnstileUrl: string;
}

/** The page with the questions. */
export function formPage({ form, time, sent, problem, turnstileUrl }: PageInput): Html {
	const { id, title, description, fields, turnstileSiteKey } = form;
	if (!form.isActive) return messagePage(title, "This form takes no answers at the moment.");
	const errors = problem?.errors ?? [];
	const errorOf = (key: string) => errors.find(({ path }) => path.split(".")[0] === key)?.message ?? null;
	const script = `${turnstileUrl}/api.js`;
	return page(
		problem ? `Error: ${title}` : title,
		html`<h1>${title}</h1>
${description && html`<p class="about">${description}</p>`}
${problem && summary(problem, errors, form)}
<form method="post" action="/f/${id}" novalidate>
${fields.map((field) => question(field, { values: valuesOf(sent, field.key), error: errorOf(field.key) }))}
<div class="unseen" aria-hidden="true"><label>Leave this field empty <input name="${OWN_FIELDS.honeypot}" tabindex="-1" autocomplete="off"></label></div>
<input type="hidden" name="${OWN_FIELDS.time}" value="${time}">
${
	turnstileSiteKey &&
	html`<div class="cf-turnstile" data-sitekey="${turnstileSiteKey}" data-src="${script}"></div>
<noscript><p class="error">This form needs JavaScript to check that you are a person.</p></noscript>`
}
<button type="submit">Send</button>
</form>`,
		turnstileSiteKey
			? html`
<script src="${script}" async defer></script>`
			: null,
	);
}

/** The errors, said as soon as the page is there: each leads to its field. */
function summary(problem: AppError, errors: readonly FieldError[], { fields }: FormRow): Html {
	const items = errors.map(({ path, message }) => {
		const [key = ""] = path.split(".");
		const field = fields.find((one) => one.key === key);
		return field
			? html`<li><a href="#${idOf(key)}">${field.label}</a>: ${message}</li>`
			: html`<li>${OWN_NAMES.has(key) || !key ? "" : `${key}: `}${message}</li>`;
	});
	return html`<div class="problem" role="alert" tabindex="-1" autofocus>
<h2>It was not sent</h2>
${items.length > 0 ? html`<ul>${items}</ul>` : html`<p>${problem.message}</p>`}
</div>`;
}

const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(OWN_FIELDS));

function valuesOf(sent: Sent | null, key: string): string[] {
	const value = sent?.answers.get(key);
	if (value === undefined || value === null) return [];
	return (Array.isArray(value) ? value : [value]).map(String);
}

/** The page after the answers were taken. */
export const thanksPage = ({ title }: Pick<FormRow, "title">): Html =>
	messagePage("Thank you", "Your answers were sent.", title);

/** A page that only says something. */
export const messagePage = (heading: string, message: string, title = heading): Html =>
	page(
		title,
		html`<h1 tabindex="-1" autofocus>${heading}</h1>
<p role="status">${message}</p>`,
	);
