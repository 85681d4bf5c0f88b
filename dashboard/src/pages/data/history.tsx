// The history of a record: what changed, when, and who did it.

import type { Schemas } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { Section } from "../../ui/layout.tsx";
import { LoadMore } from "../../ui/table.tsx";
import { Instant } from "../../ui/text.tsx";
import { descriptions, type Entry, type Noun } from "./nouns.ts";
import { Value } from "./value.tsx";

const PAGE = 10;

/** The query key of a record's history. */
export const historyKey = (noun: Noun, id: string) => ["data", noun, id, "history"] as const;

type Event = Schemas["Event"];
type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

const KINDS = { key: "API key", session: "dashboard", system: "built in" } as const;

/** Describes an event; null for one that only repeats an update. */
function told({ type, payload }: Event): { readonly what: string; readonly changes: Changes } | null {
	const verb = type.slice(type.indexOf(".") + 1);
	const { deletedAt, ...changes } = (payload.changes ?? {}) as Changes;
	if (verb === "created") return { what: "Created", changes: {} };
	if (verb === "deleted") return { what: "Deleted", changes: {} };
	if (verb !== "updated") return null;
	return { what: deletedAt ? "Restored" : "Changed", changes };
}

export function History({ noun, entry }: { noun: Noun; entry: Entry }) {
	const { id } = entry;
	const events = usePages(historyKey(noun, id), (cursor) =>
		descriptions[noun].history(id, { limit: PAGE, ...cursor }),
	);
	return (
		<Section title="History">
			<QueryResult query={{ ...events, data: events.items }}>
				{(items) =>
					items.length > 0 ? (
						<ol class="timeline" aria-label="History, newest first">
							{items.map((event) => (
								<Item key={event.id} event={event} entry={entry} />
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

function Item({ event, entry }: { event: Event; entry: Entry }) {
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
							<dt>{fieldLabel(field)}</dt>
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
