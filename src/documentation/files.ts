// The public texts, as files of the assets. They are made when the assets are built and not by the Worker, which would be a
// fifth larger and would start later, to say the same each time.
import { endpoints } from "../app.ts";
import { HOST, PUBLISHED } from "../site/published.ts";
import { operationsOf } from "../site/types.ts";
import { documentOf } from "./document.ts";
import { eventCatalogue } from "./event-catalogue.ts";
import { fieldSchemas } from "./field-schemas.ts";
import type { Guide } from "./guide.ts";
import { llmsText } from "./llms.ts";
import { llmsFullText } from "./llms-full.ts";
import { eventPage, eventPath, operationPage, operationPath } from "./markdown-pages.ts";
import { postmanCollection } from "./postman.ts";
import { searchEntries } from "./search-entries.ts";

/**
 * The content of each file, by its path among the assets. Where it names the host, it says HOST.
 * @param description what the OpenAPI document begins with
 */
export function documentationFiles(
	description: string,
	guides: readonly Guide[],
): ReadonlyMap<string, string> {
	const document = documentOf(endpoints, description);
	return new Map([
		[PUBLISHED.document, JSON.stringify(document)],
		[PUBLISHED.events, JSON.stringify(eventCatalogue(document))],
		[PUBLISHED.search, JSON.stringify(searchEntries(document))],
		[PUBLISHED.postman, JSON.stringify(postmanCollection(document, HOST))],
		[PUBLISHED.llms, llmsText(document, guides, HOST)],
		[PUBLISHED.llmsFull, llmsFullText(document, guides, HOST)],
		[PUBLISHED.fields, JSON.stringify(fieldSchemas())],
		...operationsOf(document).map((called): [string, string] => [
			operationPath(called.operation.operationId ?? ""),
			operationPage(document, called),
		]),
		...Object.keys(document.webhooks ?? {}).map((name): [string, string] => [
			eventPath(name),
			eventPage(document, name),
		]),
	]);
}
