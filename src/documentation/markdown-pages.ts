// One page of Markdown for each operation and each event, complete by itself: with every schema that it refers to. Programs read
// one page instead of the whole documentation.

import { type CalledOperation, type Document, namesIn } from "../site/types.ts";
import { eventText, operationText, schemaText } from "./markdown.ts";

const SHARED = `All calls send an API key in \`x-api-key\` (60 requests a minute). Errors answer \`{ code, message, requestId, errors? }\`. Fields marked *
are required; what may be \`null\` says so. More: /llms.txt`;

/** Where the page of an operation is. */
export const operationPath = (operationId: string): string => `/docs/operations/${operationId}.md`;

/** Where the page of an event is. */
export const eventPath = (name: string): string => `/docs/events/${name}.md`;

/** The page of an operation, in Markdown. */
export const operationPage = (document: Document, called: CalledOperation): string =>
	pageOf(document, operationText(document, called), called.operation);

/** The page of an event, in Markdown. */
export const eventPage = (document: Document, name: string): string =>
	pageOf(document, eventText(document, name), document.webhooks?.[name]);

/** A text, which begins with a heading of the second level, and the schemas that a part of the document refers to. */
function pageOf(document: Document, text: string, part: unknown): string {
	const names = namesWithin(document, part);
	const schemas = names.map((name) => schemaText(document, name));
	return `${[text.slice(1), SHARED, ...schemas].join("\n\n")}\n`;
}

/** The names of all schemas that a part of the document refers to, directly or through others. The one of errors is left out. */
function namesWithin(document: Document, part: unknown): string[] {
	const found = new Set(namesIn(part));
	for (const name of found)
		for (const inner of namesIn(document.components?.schemas?.[name])) found.add(inner);
	found.delete("Error");
	return [...found];
}
