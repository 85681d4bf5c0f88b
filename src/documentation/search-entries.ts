// What the search of the pages finds in the reference: operations and events. assets/search.js adds the sections of the guides.
import { type Document, operationsOf } from "../site/types.ts";

/** All entries. Their addresses are those of the reference; assets/docs.js defines how it names operations and events. */
export function searchEntries(document: Document) {
	const operations = operationsOf(document).map(({ method, path, operation }) => {
		const { operationId = "", summary = "", description = "", tags: [tag = ""] = [] } = operation;
		return {
			href: `/docs#tag/${slug(tag)}/${operationId}`,
			title: summary,
			place: `${method.toUpperCase()} /api/v1${path}`,
			text: `${operationId} ${description}`,
		};
	});
	const events = Object.entries(document.webhooks ?? {}).map(([name, { post }]) => ({
		href: `/docs#tag/webhook-events/webhook/${name}`,
		title: name,
		place: "Event",
		text: post?.description ?? "",
	}));
	return [...operations, ...events];
}

/** A tag as part of the reference's addresses. */
const slug = (words: string) => words.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
