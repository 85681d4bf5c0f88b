// Shared by the tests of public forms: a server, a browser, and a site of somebody else that shows forms in its pages.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { BrowserProblems, launchBrowser, startServer } from "./environment.ts";

export const WIDE = { width: 1_280, height: 800 };
export const NARROW = { width: 390, height: 844 };
/** No person is faster. */
export const HUMAN_MS = 2_100;

const started = await Promise.all([startServer(), launchBrowser()]);
export const [server] = started;
const [, browser] = started;
export const problems = new BrowserProblems();

/** The site, with a form in each of its pages but one. It has a second name, to which `/away` redirects. */
const site = createServer((request, response) => {
	const { searchParams, pathname } = new URL(request.url ?? "", "http://site");
	if (pathname === "/away") return void response.writeHead(302, { location: `${otherOrigin}/thanks` }).end();
	response.setHeader("content-type", "text/html; charset=utf-8");
	response.end(`<!doctype html><html lang="en"><head><title>Site</title><link rel="icon" href="data:,"></head>
<body style="background: #fff; font-family: serif"><h1>${pathname === "/thanks" ? "Welcome" : "Our site"}</h1>
${searchParams.has("form") ? `<script src="${server.origin}/f/${searchParams.get("form")}/embed.js" async></script>` : ""}</body></html>`);
});
site.listen(0, "127.0.0.1");
await once(site, "listening");
const { port } = site.address() as AddressInfo;
export const siteOrigin = `http://localhost:${port}`;
export const otherOrigin = `http://127.0.0.1:${port}`;

after(async () => {
	await browser.close();
	site.close();
	site.closeAllConnections();
	await server.dispose();
});

async function call<T>(method: string, path: string, body?: object): Promise<T> {
	const response = await fetch(`${server.origin}/api/v1${path}`, {
		method,
		headers: { "x-api-key": server.key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const answer = await response.json();
	assert(response.ok, JSON.stringify(answer));
	return answer as T;
}

export const FIELDS = [
	{ label: "Name", required: true, mapTo: "name" },
	{ label: "E-mail", key: "email", type: "email", required: true, mapTo: "email" },
	{ label: "Phone", key: "phone", type: "phone", mapTo: "mobile" },
	{ label: "Website", key: "website", type: "url", mapTo: "website" },
	{ label: "How many are you?", key: "size", type: "singleSelect", options: ["1-10", "11-50", "51+"] },
	{
		label: "What are you interested in?",
		key: "topics",
		type: "multiSelect",
		options: ["Sales", "Support", "Everything else"],
	},
	{ label: "Budget", key: "budget", type: "number" },
	{ label: "When do you want to start?", key: "start", type: "date" },
	{ label: "What is it about?", key: "story", type: "longText", mapTo: "notes" },
	{ label: "I agree that my answers are stored.", key: "agreed", type: "boolean", required: true },
];

interface Form {
	readonly id: string;
}

export const createForm = (more: object = {}) =>
	call<Form>("POST", "/forms", {
		title: "Talk to us",
		description: "Tell us what you need.\nWe answer within a day.",
		fields: FIELDS,
		isPublic: true,
		...more,
	});

export const answersOf = async ({ id }: Form) =>
	(
		await call<{ items: { answers: object; source: { pageUrl: string } | null }[] }>(
			"GET",
			`/form-responses?formId=${id}`,
		)
	).items;

export async function open(
	options: { javaScriptEnabled?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page }> {
	const context = await browser.newContext({
		viewport: WIDE,
		locale: "en-GB",
		reducedMotion: "reduce",
		...options,
	});
	context.setDefaultTimeout(10_000);
	await problems.watch(context, server.origin);
	return { context, page: await context.newPage() };
}
