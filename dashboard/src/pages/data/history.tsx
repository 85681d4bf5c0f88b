// The history of a record: what changed, when, and who did it.

import { callPath, type Schemas } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { usePages } from "../../paging.ts";
import type { Entry, Resource } from "../../resources.ts";
import { useLabels } from "../../schema/custom-fields.ts";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { Section } from "../../ui/layout.tsx";
import { LoadMore } from "../../ui/paged-list.tsx";
import { Instant } from "../../ui/text.tsx";
import { Value } from "./value.tsx";

const PAGE = 10;

type Event = Schemas["Event"];
type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

const KINDS = { key: "API key", session: "dashboard", form: "public form", system: "built in" } as const;

/** Describes an event; null for one that only repeats an update. */
function told({ type, payload }: Event): { readonly what: string; readonly changes: Changes } | null {
	const verb = type.slice(type.lastIndexOf(".") + 1);
	const { deletedAt, ...changes } = (payload.changes ?? {}) as Changes;
	if (verb === "created") return { what: "Created", changes: {} };
	if (verb === "deleted") return { what: "Deleted", changes: {} };
	// A conversation has no other events.
	if (/^(?:call|chat)\./.test(type)) return { what: fieldLabel(type.replaceAll(".", " ")), changes: {} };
	if (verb !== "updated") return null;
	return { what: deletedAt ? "Restored" : "Changed", changes };
}

export function History({ resource, entry }: { resource: Resource; entry: Entry }) {
	const { path } = resource;
	const { id } = entry;
	const labelOf = useLabels(resource);
	const events = usePages(["data", path, id, "history"], (cursor) =>
		callPath<Schemas["HistoryPage"]>("GET", `/${path}/${id}/events`, {
			query: { limit: PAGE, includeDeleted: true, ...cursor },
		}),
	);
	return (
		<Section title="History">
			<QueryResult query={{ ...events, data: events.items }}>
				{(items) =>
					items.some(told) || events.hasNextPage ? (
						<ol class="timeline" aria-label="History, newest first">
							{items.map((event) => (
								<Item key={event.id} event={event} entry={entry} labelOf={labelOf} />
							))}
						</ol>
					) : (
						<Empty title="Nothing is known of its history">
							<p>Events are kept for some time only.</p>
						</Empty>
					)
				}
			</QueryResult>
			<LoadMore {...events} />
		</Section>
	);
}

interface ItemProps {
	readonly event: Event;
	readonly entry: Entry;
	readonly labelOf: (field: string) => string;
}

function Item({ event, entry, labelOf }: ItemProps) {
	const said = told(event);
	if (!said) return null;
	const { actor, createdAt } = event;
	const fields = Object.entries(said.changes);
	const at = (field: string, value: unknown) => <Value entry={{ ...entry, [field]: value }} field={field} />;
	return (
		<li>
			<p class="timeline-head">
				<strong>{said.what}</strong> by {actor ? actor.name : "somebody"}
				{actor ? <span class="soft"> ({KINDS[actor.type]})</span> : null}
				<Instant at={createdAt} />
			</p>
			{fields.length > 0 ? (
				<dl>
					{fields.map(([field, { from, to }]) => (
						<div key={field}>
							<dt>{labelOf(field)}</dt>
							<dd>
								<span class="unseen">from </span>
								<del>{at(field, from)}</del>
								<span aria-hidden="true"> → </span>
								<span class="unseen"> to </span>
								<ins>{at(field, to)}</ins>
							</dd>
						</div>
					))}
				</dl>
			) : null}
		</li>
	);
}
