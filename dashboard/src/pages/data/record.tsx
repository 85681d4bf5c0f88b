// The page of a record of any resource: its fields, what can be done with it, and its history.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { RecordForm } from "../../form/record-form.tsx";
import { fieldLabel } from "../../format.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, type Resource } from "../../resources.ts";
import { useLabels } from "../../schema/custom-fields.ts";
import { type Document, hasOperation, useDocument } from "../../schema/document.ts";
import { useHasScope } from "../../session.tsx";
import { QueryResult } from "../../ui/feedback.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { PageResult } from "../../ui/page-result.tsx";
import { Code } from "../../ui/text.tsx";
import { Actions } from "./actions.tsx";
import { History } from "./history.tsx";
import { LineItems } from "./line-items.tsx";
import { listPath } from "./list-path.ts";
import { Value } from "./value.tsx";

const isEmpty = (value: unknown) =>
	value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** Fields that the heading or a section of their own shows, and fields that only programs need. */
const apart = new Set(["id", "number", "version", "deletedAt", "lineItems", "createdAt", "updatedAt"]);

/** What a person has entered, and then when. */
const shownFields = (entry: Entry) => [
	...Object.keys(entry).filter((field) => !apart.has(field) && !isEmpty(entry[field])),
	...["createdAt", "updatedAt"],
];

export function Record({ resource, id }: { resource: Resource; id: string }) {
	const document = useDocument();
	return (
		<QueryResult query={document}>
			{(found) => <Shown resource={resource} id={id} document={found} />}
		</QueryResult>
	);
}

function Shown({ resource, id, document }: { resource: Resource; id: string; document: Document }) {
	const { path, noun } = resource;
	const entry = useQuery({ queryKey: ["data", path, id], queryFn: () => records.get(resource, id) });
	const labelOf = useLabels(resource);
	const [editing, setEditing] = useState(false);
	const close = () => setEditing(false);
	const up = { path: listPath(useQueryClient(), resource), text: fieldLabel(path) };
	const mayWrite = useHasScope(`${path}:write`);
	const canEdit = mayWrite && hasOperation(document, "patch", `/${path}/{id}`);
	const canSeeHistory = useHasScope("events:read") && hasOperation(document, "get", `/${path}/{id}/events`);
	return (
		<PageResult title={fieldLabel(noun)} up={up} query={entry}>
			{(found) => (
				<>
					<Heading
						title={nameOf(resource, found)}
						up={up}
						about={aboutOf(noun, found)}
						actions={
							editing ? null : (
								<>
									{mayWrite ? <Actions resource={resource} entry={found} document={document} /> : null}
									{canEdit && !found.deletedAt ? (
										<button type="button" class="primary" onClick={() => setEditing(true)}>
											Edit
										</button>
									) : null}
								</>
							)
						}
					/>
					{editing ? (
						<RecordForm
							resource={resource}
							entry={found}
							reload={async () => (await entry.refetch({ throwOnError: true })).data}
							onSaved={close}
							onCancel={close}
						/>
					) : (
						<>
							<Section title="Fields">
								<Facts
									facts={shownFields(found).map(
										(field) => [labelOf(field), <Value entry={found} field={field} />] as const,
									)}
								/>
							</Section>
							<LineItems entry={found} />
							{canSeeHistory ? <History resource={resource} entry={found} /> : null}
							<Code name={`GET /api/v1/${path}/${id}`} value={found} />
						</>
					)}
				</>
			)}
		</PageResult>
	);
}

function aboutOf(noun: string, { number, deletedAt }: Entry): string {
	const name = noun.charAt(0).toUpperCase() + noun.slice(1);
	return `${name}${number === undefined ? "" : ` no. ${number}`}${deletedAt ? ", deleted" : ""}`;
}
