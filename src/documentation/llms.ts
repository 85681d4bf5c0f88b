// llms.txt (llmstxt.org): the overview for language models, generated from the document.

import { type Document, operationsOf } from "../site/types.ts";
import type { Guide } from "./guide.ts";
import { info } from "./info.ts";
import { eventPath, operationPath } from "./markdown-pages.ts";

const ESSENTIALS = `
- All paths begin with \`/api/v1\`; bodies and answers are JSON.
- Send the API key as \`x-api-key\`. A key may send 60 requests in any 60 seconds; after a 429 wait the seconds in \`Retry-After\`.
- Lists answer \`{ items, nextCursor, hasMore }\`; send \`nextCursor\` back as \`cursor\`, with the same filters.
- Errors answer \`{ code, message, requestId, errors? }\`; unknown fields are refused.
- Give every POST and PATCH an \`Idempotency-Key\`, so that it is safe to send again.
- The TypeScript package and command \`leadwire\` are not published yet; the guide "TypeScript and the command line" says how to install them.
- MCP clients connect to \`/mcp\` (Streamable HTTP) with the same key: fifteen tools that find, create and change every type of record, convert leads, record payments, and recover webhooks.
- Webhooks are signed according to Standard Webhooks (\`webhook-id\`, \`webhook-timestamp\`, \`webhook-signature\`).
`.trim();

/** The text of llms.txt; every link begins with `origin`. */
export function llmsText(document: Document, guides: readonly Guide[], origin: string): string {
	const link = (words: string, path: string, note: string) => `- [${words}](${origin}${path}): ${note}`;
	const operations = operationsOf(document);
	const sections = (document.tags ?? []).map(({ name }) => ({
		name,
		links: operations
			.filter(({ operation }) => operation.tags?.includes(name))
			.map(({ method, path, operation: { summary = "", operationId = "" } }) =>
				link(summary, operationPath(operationId), `\`${method.toUpperCase()} /api/v1${path}\``),
			),
	}));
	const events = Object.entries(document.webhooks ?? {}).map(([name, item]) =>
		link(name, eventPath(name), item.post?.description?.split("\n")[0] ?? ""),
	);
	const texts = guides.map(({ slug, title, summary }) => link(title, `/docs/${slug}.md`, summary));
	const documentation = [
		link("Everything in one text", "/llms-full.txt", "guides, operations, events and schemas, with examples"),
		link("OpenAPI document", "/openapi.json", "every operation, schema, error and event in one file"),
		link("Event catalogue", "/api/v1/webhook-events", "every event with its JSON schema and an example"),
		link("Postman collection", "/postman.json", "every operation, ready to send"),
		link("API reference", "/docs", "the same documentation for people, in a browser"),
		link("Health", "/health", "whether the API and its database answer"),
	];
	const optional = [link("Landing page", "/", "an introduction with a quick start")];
	const lists = [
		{ name: "Documentation", links: documentation },
		{ name: "Guides", links: texts },
		...sections,
		{ name: "Webhook events", links: events },
		{ name: "Optional", links: optional },
	];
	return `# ${info.title}\n\n> ${info.summary}\n\n${ESSENTIALS}\n\n${lists
		.filter(({ links }) => links.length > 0)
		.map(({ name, links }) => `## ${name}\n\n${links.join("\n")}\n`)
		.join("\n")}`;
}
