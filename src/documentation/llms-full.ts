// llms-full.txt: the whole documentation in one text for language models: the guides, then every operation, event and
// schema of the document.

import { type Document, operationsOf } from "../site/types.ts";
import type { Guide } from "./guide.ts";
import { info } from "./info.ts";
import { eventText, operationText, schemaText } from "./markdown.ts";

/** The text; `origin` is the address of this host. */
export function llmsFullText(document: Document, guides: readonly Guide[], origin: string): string {
	const operations = operationsOf(document);
	const tags = (document.tags ?? []).map(({ name, description = "" }) => {
		const own = operations.filter(({ operation }) => operation.tags?.includes(name));
		const texts = own.map((called) => operationText(document, called));
		return own.length > 0 ? `# ${name}\n\n${description}\n\n${texts.join("\n\n")}` : "";
	});
	const events = Object.keys(document.webhooks ?? {}).map((name) => eventText(document, name));
	const schemas = Object.keys(document.components?.schemas ?? {}).map((name) => schemaText(document, name));
	const parts = [
		`# ${info.title}\n\n> ${info.summary}\n\nThe complete API of ${origin}: guides, operations, events, schemas.\n\n${document.info.description}`,
		...guides.map(({ markdown }) => markdown.trim()),
		...tags,
		`# Events\n\nThe events that are sent to webhooks and listed by \`GET /api/v1/events\`.\n\n${events.join("\n\n")}`,
		`# Schemas\n\nFields marked * are required; what may be \`null\` says so.\n\n${schemas.join("\n\n")}`,
	];
	return `${parts.filter(Boolean).join("\n\n---\n\n")}\n`;
}
